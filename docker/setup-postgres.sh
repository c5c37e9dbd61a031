#!/bin/sh
# Temporal's two databases and their schema. Each part may run again: a newer image brings the schema up to date.
set -eu

: "${POSTGRES_SEEDS:?}" "${POSTGRES_USER:?}" "${SQL_PASSWORD:?}"
schema=/etc/temporal/schema/postgresql/v12

tool() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "${DB_PORT:-5432}" -u "$POSTGRES_USER" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  tool --db "$database" create
  # setup-schema only makes the version tables; on a database that has them it fails, and then update-schema decides
  tool --db "$database" setup-schema -v 0.0 || echo "$database has a schema already"
  tool --db "$database" update-schema -d "$schema/${pair#*:}/versioned"
done
