#!/bin/bash
# teardown.sh PREFIX STATE: removes all of one lab, whatever state it is in, and is content when there is nothing. Run by
# `twinbeat lab down`, and by the keeper itself (as the last process of the lab) when the lab's owner has died.
set -u
prefix=$1 state=$2

end_keeper() {
  local pid start fields tries=0
  read -r pid start 2>/dev/null <"$state/keeper.pid" || return 0
  read -r -a fields 2>/dev/null <"/proc/$pid/stat" || return 0
  # The same number may long be another process.
  [[ ${fields[21]} == "$start" ]] || return 0
  kill -9 "$pid" 2>/dev/null
  # It is gone from /proc only when all of its namespace is. Bounded: 10 s of 10 ms.
  while [[ -d /proc/$pid ]] && ((++tries < 1000)); do
    read -r -a fields 2>/dev/null <"/proc/$pid/stat" && [[ ${fields[2]} == Z ]] && break
    sleep 0.01
  done
}

# As first process of the lab we have ended all others in it, and can't reach any outside.
[[ $$ == 1 ]] || end_keeper
for path in /run/netns/"$prefix"-*; do
  [[ -e $path ]] || continue
  namespace=${path##*/}
  # A client or an operator's shell that came in from outside.
  if [[ $$ != 1 ]]; then
    for pid in $(ip netns pids "$namespace" 2>/dev/null); do
      kill -9 "$pid" 2>/dev/null
    done
  fi
  ip netns del "$namespace"
done
# Mounts below the state folder, innermost first.
while read -r _ target _; do
  [[ $target == "$state"/* ]] && printf '%s\n' "$target"
done </proc/mounts | sort -r | while read -r target; do umount -l "$target"; done
[[ -n $state && $state != / ]] && rm -rf --one-file-system "$state"
exit 0
