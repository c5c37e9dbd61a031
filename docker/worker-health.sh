#!/bin/sh
# Healthy: Temporal saw this very worker ask for work. It forgets a worker five minutes after it last asked.
set -eu

temporal task-queue describe \
  --address "${POLDER_TEMPORAL_ADDRESS:?}" \
  --namespace "${POLDER_TEMPORAL_NAMESPACE:-default}" \
  --task-queue "${POLDER_TASK_QUEUE:-covenants}" \
  --command-timeout 8s | grep -qF "@$(hostname)"
