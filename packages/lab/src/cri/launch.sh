#!/usr/bin/env bash
# launch.sh DIR: keeps one container: runs it in namespaces of its own and writes how it ended, so that both outlive the
# runtime that asked for it. Standard output is the runtime's: one line with the process's id when it runs.
# DIR holds hostname, fstab, argv, root/ and optionally cgroup, interactive, readonly.
dir=$1
mkfifo -m 600 "$dir/stdout" "$dir/stderr"
# Opened for reading too: a writer is not killed while no runtime reads.
exec 3<>"$dir/stdout" 4<>"$dir/stderr" 5</dev/null 6>&1 >/dev/null 2>"$dir/setup"
if [ -e "$dir/interactive" ]; then
  mkfifo -m 600 "$dir/stdin"
  # 7 keeps it from ending between one client and the next; when only one is wanted, until that one is gone.
  exec 7<>"$dir/stdin" 5<"$dir/stdin"
  if [ -e "$dir/once" ]; then
    (exec 3>&- 4>&- 5<&- 6>&-; until [ -e "$dir/input-over" ] || [ -e "$dir/exit" ]; do sleep 0.1; done) &
    exec 7<&-
  fi
fi
[ -e "$dir/owner" ] && { read -r owner <"$dir/owner"; chown "$owner" "$dir/stdout" "$dir/stderr"; }
unshare --mount --uts --pid --fork --kill-child=SIGKILL -- bash "${0%/*}/inside.sh" "$dir"
echo "$? $EPOCHREALTIME" >"$dir/exit"
