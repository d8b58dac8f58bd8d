#!/bin/sh
# Lives for up to half a minute, then ends badly in one of several ways; one start in four fails at once.
. "${0%/*}/random.sh"
ulimit -c 0
random 4
if [ "$number" -eq 0 ]; then
  echo "flaky: cannot bind to port 8080: address already in use" >&2
  exit 1
fi
random 25
echo "flaky: up, for $((number + 5)) s"
sleep $((number + 5))
random 3
case $number in
  0) echo "flaky: out of cheese" >&2; exit 3 ;;
  1) echo "flaky: segmentation fault to come" >&2; kill -s SEGV $$ ;;
  2) echo "flaky: killed by itself" >&2; kill -s KILL $$ ;;
esac
