#!/usr/bin/env bash
# The sandbox's first process: lays out its mounts, starts inside.ts, reaps what is orphaned, and ends with its lifeline.
#
# first.sh KEEP... -- COMMAND...
#   KEEP     folders that must stay visible although one of the folders hidden below lies over them
#   COMMAND  what runs inside; when it ends the sandbox ends
# Standard input is the lifeline: it holds nothing and its end is the end of the supervisor.
# This process is process 1 of a process namespace: when it goes, the kernel kills all the others with it.
set -euo pipefail

keep=()
while [ "$1" != -- ]; do keep+=("$1"); shift; done
shift

mount --make-rprivate /
mount -t proc proc /proc

# The kubelet writes these three, which belong to the whole machine, unless they read as it wants them.
hidden=(/run /var/log /var/lib)
fds=()
for path in "${keep[@]}"; do exec {fd}<"$path"; fds+=("$fd"); done
for path in "${hidden[@]}"; do mount -t tmpfs -o mode=755 tmpfs "$path"; done
for i in "${!keep[@]}"; do
  mkdir -p "${keep[$i]}"
  mount --bind "/proc/self/fd/${fds[$i]}" "${keep[$i]}"
  fd=${fds[$i]}
  exec {fd}<&-
done
mkdir -p /run/netns /run/isthmus/sysctl /run/tmp
chmod 1777 /run/tmp
for setting in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
  path=/proc/sys/${setting%=*}
  stand_in=/run/isthmus/sysctl/${path##*/}
  echo "${setting#*=}" >"$stand_in"
  mount --bind "$stand_in" "$path"
done
if [ -d /sys/fs/cgroup ] && [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
  umount -l /sys/fs/cgroup 2>/dev/null || true
  mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup 2>/dev/null || true
fi
mount --make-rshared /
ip link set lo up
export TMPDIR=/run/tmp

exec 3<&0 </dev/null
"$@" 3<&- &
inside=$!
# The lifeline's reader: builtins only, so that waiting costs no program.
(while read -r -u 3 _; do :; done) &
lifeline=$!
exec 3<&-
# bash collects every child, also those it inherits as process 1.
wait -n "$inside" "$lifeline"
