#!/bin/bash
# guest.sh HOME: first process of a machine with a kernel of its own, whose folder is HOME: becomes a user-mode Linux with
# the arguments in HOME/kernel, one a line. When the guest reboots, its kernel runs the program that it was started as, that
# is us, with its own arguments: HOME is in the environment then.
set -u
home=${GUEST_HOME:-$1}
export GUEST_HOME=$home
echo "--- boot of ${home##*/} at $(date '+%F %T.%3N')"
# Of an earlier boot: what it told, its name as a process, and all that it had opened. A tap has room for one.
rm -rf "$home/guest/up" "$home/uml"
mkdir "$home/uml"
for fd in /proc/self/fd/*; do
  fd=${fd##*/}
  # 255 is this script.
  ((fd > 2 && fd < 255)) && eval "exec $fd>&-"
done
: >"$home/guest/addresses"
# The guest's memory is a file that is mapped to be executed, which the machine's /dev/shm may forbid.
if [[ ! -e $home/pid ]]; then
  mkdir -p "$home/memory"
  mount -t tmpfs -o mode=700 tmpfs "$home/memory" || exit 1
fi
mapfile -t arguments <"$home/kernel"
export TMPDIR=$home/memory HOME=$home LD_PRELOAD=${0%/*}/ptrace.so
read -r host_pid _ </proc/self/stat # /proc is the machine's: our number there
printf '%s\n' "$host_pid" >"$home/pid"
exec -a "$0" linux.uml "${arguments[@]}"
