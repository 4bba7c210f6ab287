#!/bin/bash
# init.sh STATE NODE: first process of a lab node, in PID, mount, UTS and network namespaces of its own. Makes the node's
# private folders (its disk is STATE/nodes/NODE/disk), brings its network up, then keeps the daemon running the way systemd
# would (Restart=always), and nothing else. bash reaps what the daemon leaves behind.
set -u
state=$1 node=$2
home=$state/nodes/$node
disk=$home/disk
read -r host_pid _ </proc/self/stat # /proc is still the machine's: our number there

fail() {
  echo "boot of $node: $1"
  exit 1
}

# Mounts of the machine's other namespaces, copied with everything else, would keep those namespaces alive.
umount -l -R /run/netns 2>/dev/null
mount -t proc proc /proc || fail /proc
echo "$node" >/proc/sys/kernel/hostname
cd / || fail /

# The rest of /var/lib stays in sight: the program or its Java may live there.
run=$home/run
mount -t tmpfs -o mode=755,size=32m tmpfs "$run" || fail /run
mkdir -p "$run/lab/home" "$run/lab/power" "$run/lab/var-lib" "$run/lock"
mount --bind "$home" "$run/lab/home" || fail "the lab's folder"
mount --bind "$state/power" "$run/lab/power" || fail "the lab's power"
mount --rbind /var/lib "$run/lab/var-lib" || fail "the machine's /var/lib"
entries=(/var/lib/*)
ln -s "${entries[@]/#\/var\/lib//run/lab/var-lib}" "$disk/var/lib/" 2>/dev/null # those that are there already stay
mount --bind "$disk/etc" /etc || fail /etc
mount --rbind "$disk/var/lib" /var/lib || fail /var/lib
mount --bind "$disk/var/log" /var/log || fail /var/log
mount --rbind "$run" /run || fail /run

home=/run/lab/home
ip -batch "$home/network" || fail network
mapfile -t daemon <"$home/daemon"
# shellcheck source=/dev/null
source "$home/environment"
printf '%s\n' "$host_pid" >"$home/pid"

while ((${#daemon[@]} == 0)); do sleep 60; done
while :; do
  while [[ -e /run/lab/hold ]]; do sleep 0.05; done
  "${daemon[@]}" </dev/null >>"$home/daemon.log" 2>&1 &
  printf '%s\n' "$!" >/run/lab/daemon.pid
  wait "$!"
  status=$?
  rm -f /run/lab/daemon.pid
  echo "init: the daemon ended, status $status; starting it again in 100 ms" >>"$home/daemon.log"
  sleep 0.1
done
