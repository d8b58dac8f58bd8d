#!/bin/sh
# migrate.sh [NAME]: does a little work and exits cleanly.
name=${1:-migrate}
for step in 1 2 3; do
  echo "$name: step $step of 3"
  sleep 1
done
echo "$name: all done"
