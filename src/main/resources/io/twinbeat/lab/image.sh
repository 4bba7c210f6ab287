#!/bin/bash
# image.sh CACHE RECIPE PARTS: builds what a guest starts from into CACHE/RECIPE, once: the disk base.img, the program
# guest.sh with its preload ptrace.so, and the ssh key of the management LAN. RECIPE is a hash of all that it is made of,
# PARTS a folder with the other files of ours. It gets its name when it is whole: nobody sees half an image. The log is
# CACHE/RECIPE.log; its last line says what was wrong.
set -euo pipefail
cache=$1 recipe=$2 parts=$3
kernel=linux.uml
modules=/usr/lib/uml/modules

# What the lab, the program and those who look around in a guest need; the agent's Python and its libraries with it.
packages=(
  systemd systemd-sysv dbus kmod procps iproute2 iputils-arping iputils-ping iptables openssh-server nginx-light ipvsadm
  curl tcpdump python3 python3-pexpect python3-pycurl ipmitool
)

fail() {
  echo "image: $1" >&2
  exit 1
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock -w 900 9 || fail "another build has held $cache/lock for 15 minutes"
if [[ -e $cache/$recipe/base.img ]]; then
  touch "$cache/$recipe" # used today
  exit 0
fi
exec >"$cache/$recipe.log" 2>&1

work=$cache/building.$recipe
# The lock is ours: what lies there is of a build that was killed, perhaps with the machine's own mounts in it.
rm -rf --one-file-system "$work"
mkdir -m 700 "$work"
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root

version=$("$kernel" --version)
[[ -d $modules/$version ]] || fail "no modules for $kernel $version in $modules"
# shellcheck source=/dev/null
release=$(source /etc/os-release && echo "${VERSION_CODENAME:?}")
# The machine's own sources, but for those of other vendors.
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v release="$release" '$3 == release || index($3, release "-") == 1' | sort -u)
[[ -n $sources ]] || fail "no apt sources of $release on this machine"

echo "image: kernel $version, $release from:"
echo "$sources"
include=$(IFS=,; echo "${packages[*]}")
mmdebstrap --variant=essential --include="$include" \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
  "$release" "$root" - <<<"$sources"

mkdir -p "$root/lib/modules/$version/kernel/drivers"
cp "$modules/$version"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$version/"
for kind in net lib crypto drivers/net drivers/watchdog fs/fuse; do
  [[ -d $modules/$version/kernel/$kind ]] && mkdir -p "$root/lib/modules/$version/kernel/$kind" &&
    cp -r "$modules/$version/kernel/$kind/." "$root/lib/modules/$version/kernel/$kind/"
done
chroot "$root" depmod "$version"

# The agent alone: its package wants the libraries of every cloud.
mkdir -p "$root/usr/share/fence"
cp /usr/share/fence/fencing.py "$root/usr/share/fence/"
cp /usr/sbin/fence_ipmilan "$root/usr/sbin/"
chroot "$root" python3 -m compileall -q /usr/share/fence # as its package does

ssh-keygen -q -t ed25519 -N '' -C 'the lab' -f "$work/key"
mkdir -m 700 -p "$root/root/.ssh"
cp "$work/key.pub" "$root/root/.ssh/authorized_keys"
# One host key for all guests, so that the lab knows them.
awk '{ print "guest", $1, $2 }' "$root/etc/ssh/ssh_host_ed25519_key.pub" >"$work/known_hosts"
cat >"$root/etc/ssh/sshd_config.d/lab.conf" <<'EOF'
UsePAM no
UseDNS no
PrintMotd no
HostKey /etc/ssh/ssh_host_ed25519_key
EOF

install -m 755 "$parts/guest-init.sh" "$root/usr/local/sbin/guest-init"
units=$root/etc/systemd/system
for unit in guest-up guest-addresses; do
  install -m 644 "$parts/$unit.service" "$units/"
  chroot "$root" systemctl -q enable "$unit"
done
# What only costs time, at each boot of each guest: there are no devices to wait for (the kernel makes their files itself),
# no terminals, no disks but one, nothing that is kept for long.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-{control,kernel}.socket kmod-static-nodes.service \
  modprobe@.service ipvsadm.service getty@tty1.service getty.target dev-{hugepages,mqueue}.mount \
  sys-kernel-{config,debug,tracing}.mount sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount \
  systemd-{journal-flush,logind,random-seed,remount-fs,sysusers,update-utmp,update-utmp-runlevel}.service \
  systemd-tmpfiles-clean.timer fstrim.timer dpkg-db-backup.timer; do
  ln -sf /dev/null "$units/$unit"
done
# All units are files.
mkdir -p "$units-generators"
for generator in "$root"/usr/lib/systemd/system-generators/*; do
  ln -s /dev/null "$units-generators/${generator##*/}"
done
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/lab.conf" # what is kept is the console
echo softdog >"$root/etc/modules-load.d/lab.conf"
# As most watchdogs: one that can be disarmed.
echo options softdog nowayout=0 >"$root/etc/modprobe.d/lab.conf"
# As an operator installs it; the program itself is mounted.
ln -s /opt/twinbeat/bin/twinbeat "$root/usr/local/bin/twinbeat"
mkdir -p "$root/lab" "$root/opt/twinbeat"
mkdir -m 700 "$root/etc/twinbeat"
chroot "$root" update-alternatives --quiet --set iptables /usr/sbin/iptables-legacy
# Each guest makes its own.
: >"$root/etc/machine-id"

gcc -O2 -Wall -shared -fPIC -o "$work/ptrace.so" "$parts/ptrace.c"
install -m 755 "$parts/guest.sh" "$work/guest.sh"
mke2fs -q -F -t ext4 -d "$root" "$work/base.img" 2G
rm -rf "$root"
mv "$work" "$cache/$recipe"
# Images of recipes of old that nobody has used for a month.
find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 ! -name lock -exec rm -rf {} +
echo "image: built $cache/$recipe in $SECONDS s"
