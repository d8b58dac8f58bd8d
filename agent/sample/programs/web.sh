#!/bin/sh
# A made-up web server: access lines on stdout, now and then an error on stderr.
. "${0%/*}/random.sh"
trap 'echo "web: bye"; exit 0' TERM INT
echo "web: listening"
request=0
while :; do
  request=$((request + 1))
  random 400
  took=$number
  case $((took % 8)) in
    0) path=/ status=200 ;;
    1) path=/orders status=200 ;;
    2) path="/orders/$request" status=200 ;;
    3) path=/login status=302 ;;
    4) path=/favicon.ico status=404 ;;
    *) path=/metrics status=200 ;;
  esac
  if [ "$took" -gt 380 ]; then
    status=500
    echo "web: request $request: database took too long" >&2
  fi
  echo "$(date '+%H:%M:%S') GET $path $status ${took}ms"
  sleep 0.4
done
