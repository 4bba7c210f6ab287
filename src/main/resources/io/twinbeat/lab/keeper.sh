#!/bin/bash
# keeper.sh STATE: the power company of one lab. First process of the lab's PID namespace: every node and BMC is a
# descendant, so the kernel ends them all with it. /proc is the machine's own, so numbers read there are the machine's.
# Orders come one a line through the FIFO STATE/power/requests: ID VERB NODE ASKER [EXTRA]; the answer goes to the FIFO
# STATE/power/reply.ID. One order at a time, so that nobody sees a node half off.
set -u
state=$1
# Sets prefix, nodes, and owner: process number and start time of whoever wants the lab gone with him; may be empty.
prefix='' nodes='' owner=''
# shellcheck source=/dev/null
source "$state/env"
# shellcheck source=src/main/resources/io/twinbeat/lab/number.sh
source "$state/bin/number.sh"

declare -A booter=() fault=()

read -r host_pid _ </proc/self/stat
read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start_time _ </proc/self/stat
printf '%s %s\n' "$host_pid" "$start_time" >"$state/keeper.new" && mv "$state/keeper.new" "$state/keeper.pid"

is_on() { [[ -n ${booter[$1]-} ]] && kill -0 "${booter[$1]}" 2>/dev/null; }

# The links first: a dying machine's kernel must not say goodbye for its processes.
power_off() {
  local node=$1 host_pid='' first=''
  ip -n "$prefix-sw" -force -batch "$state/nodes/$node/links-down" >/dev/null 2>&1
  is_on "$node" || { answer=off; return 0; }
  read -r host_pid <"$state/nodes/$node/pid" 2>/dev/null
  # The node's first process; where there is none yet, unshare takes its child along.
  [[ -n $host_pid ]] && first=$(lab_number "$host_pid")
  kill -9 "${first:-${booter[$node]}}"
  wait "${booter[$node]}" 2>/dev/null # returns when the kernel has ended everything in the node
  unset "booter[$node]"
  rm -f "$state/nodes/$node/pid"
  answer=off
}

# A new namespace each time: nothing of the old kernel's state (addresses, sysctls, sockets) may come back.
power_on() {
  local node=$1 how=${2:-} home=$state/nodes/$1 tries=0
  is_on "$node" && { answer=on; return 0; }
  ip -n "$prefix-sw" -force -batch "$home/links-gone" >/dev/null 2>&1
  [[ -e /run/netns/$prefix-$node ]] && ip netns del "$prefix-$node"
  [[ $how == lost-disk ]] && rm -rf "$home/disk/var/lib/twinbeat"/* "$home/disk.cow"
  rm -f "$home/pid"
  local place=$prefix-$node first=(/bin/bash "$state/bin/init.sh" "$state" "$node")
  # A guest has a kernel of its own; its cards are plugged in at the switch.
  [[ -e $home/image ]] && place=$prefix-sw first=("$home/image/guest.sh" "$home")
  if ! { [[ -e /run/netns/$place ]] || ip netns add "$place"; } || ! ip -n "$prefix-sw" -batch "$home/links-up"; then
    answer="error links"
    return 1
  fi
  ip netns exec "$place" unshare --mount --uts --pid --fork --kill-child=KILL \
    "${first[@]}" </dev/null >>"$home/boot.log" 2>&1 3<&- &
  booter[$node]=$!
  # Bounded: 5 s of 10 ms.
  until [[ -s $home/pid ]]; do
    if ((++tries > 500)) || ! kill -0 "${booter[$node]}" 2>/dev/null; then
      power_off "$node"
      answer="error boot: $(tail -n 1 "$home/boot.log")"
      return 1
    fi
    read -r -t 0.01 <>"$state/power/never"
  done
  answer=on
}

status() {
  if is_on "$1"; then answer=on; else answer=off; fi
}

# A fence device with a fault answers to a fence device only; the operator's own switch always works.
carry_out() {
  local verb=$1 node=$2 asker=$3 extra=$4
  case $asker/${fault[$node]-none} in
    operator/* | */none | */deny) ;;
    */dead) answer="error the fence device is dead (a fault of the lab)"; return ;;
    */ignore) if [[ $verb != status ]]; then answer=ok; return; fi ;;
    */slow) sleep 1 ;;
  esac
  case $verb in
    off) power_off "$node" ;;
    on) power_on "$node" "$extra" ;;
    reset) power_off "$node" && power_on "$node" ;;
    status) status "$node" ;;
    fault) fault[$node]=$extra; answer=ok ;;
    *) answer="error unknown order $verb" ;;
  esac
  case $asker/${fault[$node]-none} in
    operator/*) ;;
    */deny) answer="error the fence device lies (a fault of the lab)" ;;
  esac
}

start_bmcs() {
  local node
  for node in $nodes; do
    [[ -e $state/bmc/$node/lan.conf ]] || continue
    (cd "$state/bmc/$node" && exec ip netns exec "$prefix-bmc" \
      ipmi_sim -c lan.conf -f bmc.emu -s state -n </dev/null >sim.log 2>&1 3<&-) &
  done
}

# The owner's end is the lab's end, however he died.
owner_gone() {
  [[ -n $owner ]] || return 1
  local fields
  read -r -a fields 2>/dev/null <"/proc/${owner% *}/stat" || return 0
  [[ ${fields[21]} != "${owner#* }" ]]
}

start_bmcs
exec 3<>"$state/power/requests"
pending=''
while :; do
  if read -r -t 1 order <&3; then
    began=$EPOCHREALTIME
    read -r id verb node asker extra <<<"$pending$order"
    pending=''
    answer=''
    if [[ -d $state/nodes/$node ]]; then carry_out "$verb" "$node" "$asker" "$extra"; else answer="error no node $node"; fi
    printf '%s %s %s %s %s %s\n' "$began" "$EPOCHREALTIME" "$verb" "$node" "$asker" "$answer" >>"$state/power/log"
    # Opened for both directions: neither a dead asker nor a slow one may block the lab.
    [[ -p $state/power/reply.$id ]] && printf '%s\n' "$answer" 1<>"$state/power/reply.$id"
  else
    pending+=$order # the time was over within a line: its beginning is ours already
    if owner_gone; then
      kill -9 -1
      exec /bin/bash "$state/bin/teardown.sh" "$prefix" "$state"
    fi
  fi
done
