#!/bin/bash
# power.sh DIR VERB NODE ASKER [EXTRA]: gives an order to the lab's keeper, whose FIFOs are in DIR, and prints the answer.
# Exit status: 0 done (status: on), 2 status: off, 1 not done.
set -u
dir=$1 verb=$2 node=$3 asker=$4 extra=${5:-}
id=$SRANDOM$SRANDOM
reply=$dir/reply.$id
[[ -p $dir/requests ]] || { echo "no lab here: $dir" >&2; exit 1; }
trap 'rm -f "$reply"' EXIT
mkfifo -m 600 "$reply" || exit 1
exec 3<>"$reply" # before the order is given: the answer waits for nobody
answer="error no answer from the lab within 12 s"
# Every order may be given twice. A BMC that waits for us must not be dead to its clients meanwhile.
for limit in 1 3 8; do
  printf '%s %s %s %s %s\n' "$id" "$verb" "$node" "$asker" "$extra" 1<>"$dir/requests"
  read -r -t "$limit" reply_text <&3 && answer=$reply_text && break
done
case $verb/$answer in
  */error*) echo "${answer#error }" >&2; exit 1 ;;
  status/off) echo off; exit 2 ;;
  *) echo "$answer" ;;
esac
