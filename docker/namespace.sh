#!/bin/sh
# The namespace and the search attributes of Polder. May run again: what is there is left alone.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${POLDER_TEMPORAL_NAMESPACE:?}"
export TEMPORAL_ADDRESS
namespace=$POLDER_TEMPORAL_NAMESPACE

attempt=0
until temporal operator cluster health >/dev/null 2>&1; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS did not become healthy" >&2
    exit 1
  fi
  sleep 2
done

if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$namespace" --retention "${POLDER_RETENTION:-365d}"
fi

# A new namespace takes some seconds to be known to every part of the server.
attempt=0
until known=$(temporal operator search-attribute list --namespace "$namespace" 2>/dev/null); do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "namespace $namespace did not become ready" >&2
    exit 1
  fi
  sleep 1
done

for name in PolderSector PolderPhase PolderStatus; do
  if ! printf '%s\n' "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$namespace" --name "$name" --type Keyword
  fi
done
echo "namespace $namespace is ready"
