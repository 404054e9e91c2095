#!/usr/bin/env bash
# inside.sh DIR: first process of a container's process namespace: lays out its mounts and becomes its program.
set -e
dir=$1
# /proc is still the node's, so this is the id by which the runtime knows this process; with the time it began (field 22)
# it names the process for good. On disk before the program runs: a runtime killed meanwhile leaves none unknown.
read -ra stat </proc/self/stat
pid=${stat[0]}
echo "$pid ${stat[21]}" >"$dir/pid"
if [ -e "$dir/cgroup" ]; then
  read -r cgroup <"$dir/cgroup"
  echo 0 >"$cgroup/cgroup.procs"
fi
read -r name <"$dir/hostname"
hostname -- "$name"
mapfile -d '' -t argv <"$dir/argv"
readonly=
[ ! -e "$dir/readonly" ] || readonly=yes
mount -a -T "$dir/fstab"
cd "$dir/root"
pivot_root . .old
umount -l /.old
[ -z "$readonly" ] || mount -o remount,bind,ro /
cd /
# Fails, and the program does not begin, when the runtime that asked is gone.
echo "$pid" >&6
exec 6>&- <&5 >&3 2>&4 3>&- 4>&- 5<&- 7<&-
exec "${argv[@]}"
