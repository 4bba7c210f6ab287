#!/bin/sh
# First program of a guest, before systemd takes its place: what the lab knows of this machine lies in a folder of the host
# that the kernel's argument lab= names. Makes it the guest's own at its first boot; mounts and brings the network up.
set -u
mount -t proc proc /proc
for argument in $(cat /proc/cmdline); do
  case $argument in
    lab=*) lab=${argument#lab=} ;;
  esac
done
mount -t hostfs -o "$lab" none /lab || echo "guest: no /lab"
# The disk outlives the power; what was changed on it since stays.
if [ ! -e /var/lib/lab-installed ]; then
  cp -r --preserve=mode /lab/files/. /
  while read -r unit; do systemctl --root=/ -q enable "$unit"; done </lab/units
  # As on a machine that was installed long ago: a power cut in its first seconds left empty files, and systemd takes a
  # unit that is empty for masked.
  sync
  touch /var/lib/lab-installed
  sync
fi
while read -r from to; do
  mkdir -p "$to"
  mount -t hostfs -o "$from" none "$to" || echo "guest: no $to"
done </lab/mounts
modprobe ipv6
ip -batch /lab/network || echo "guest: no network"
umount /proc
exec /lib/systemd/systemd
