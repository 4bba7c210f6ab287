#!/bin/bash
# chassis.sh NODE get power… | set power 0|1 | set reset 1: what ipmi_sim asks of a machine. It is single threaded and
# waits for us, so the answer must be quick.
set -u
here=$(dirname "$0")
node=$1
case "$2 $3 ${4:-}" in
  "get power "*)
    "$here/../power/power.sh" "$here/../power" status "$node" bmc >/dev/null
    case $? in
      0) echo power:1 ;;
      2) echo power:0 ;;
      *) exit 1 ;;
    esac
    ;;
  "set power 0") exec "$here/../power/power.sh" "$here/../power" off "$node" bmc >/dev/null ;;
  "set power 1") exec "$here/../power/power.sh" "$here/../power" on "$node" bmc >/dev/null ;;
  "set reset "*) exec "$here/../power/power.sh" "$here/../power" reset "$node" bmc >/dev/null ;;
  *) exit 1 ;;
esac
