#!/bin/sh
# Plans something every five seconds; on SIGTERM it tidies up for a second before it ends.
trap 'kill $!; echo "scheduler: tidying up"; sleep 1; echo "scheduler: done"; exit 0' TERM
while :; do
  echo "scheduler: next run in 5 s"
  sleep 5 &
  wait $!
done
