#!/bin/sh
# worker.sh NUMBER: takes jobs of random length and says so.
. "${0%/*}/random.sh"
job=0
while :; do
  job=$((job + 1))
  random 4
  echo "worker $1: job $job, $((number + 1)) s"
  sleep $((number + 1))
done
