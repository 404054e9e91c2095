#!/usr/bin/env bash
# boot.sh DIR: first process of a node: its disk, what its containers share, then runtime, kubelet and kube-proxy, each
# started again when it ends. Runs in the node's network, mount and process namespace; when it is killed the node has
# lost its power: every process and mount of it is gone.
# DIR holds boot.env (NODE ENVOY KUBE PROGRAMS CRI CRI_FLAGS), kubelet.yaml, proxy.yaml, cri.json, the kubeconfigs and logs/.
set -euo pipefail
dir=$1
. "$dir/boot.env"
disk=$dir/disk
base=$disk/base

mount --make-rprivate /
mkdir -p "$disk"
mount -t tmpfs -o mode=755 tmpfs "$disk"
mkdir -p "$disk"/{kubelet,log/pods,log/containers,cri,netns} "$base"/{dev,isthmus/bin,isthmus/etc}
mkdir -p /var/lib/kubelet /var/log/pods /var/log/containers /run/netns
mount --bind "$disk/kubelet" /var/lib/kubelet
mount --bind "$disk/log/pods" /var/log/pods
mount --bind "$disk/log/containers" /var/log/containers
mount --bind "$disk/netns" /run/netns

# The kubelet writes these, which belong to the whole machine, unless they read as it wants them.
for setting in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
  path=/proc/sys/${setting%=*}
  echo "${setting#*=}" >"$disk/${path##*/}"
  mount --bind "$disk/${path##*/}" "$path"
done
echo 1 >/proc/sys/net/ipv4/ip_forward

# Makes a mount read-only without losing the flags a sandbox may not take from it.
readonly_mount() {
  local flags=
  for flag in nosuid nodev noexec noatime nodiratime relatime; do
    case ",$(findmnt -no VFS-OPTIONS --target "$1" | tail -n 1)," in *",$flag,"*) flags+=,$flag ;; esac
  done
  mount -o "remount,bind,ro$flags" "$1"
}

# The machine's programs, read-only.
: >"$base/mounts"
: >"$base/links"
for name in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then
    echo "$name $(readlink "/$name")" >>"$base/links"
  elif [ -d "/$name" ]; then
    mkdir -p "$base/$name"
    mount --rbind "/$name" "$base/$name"
    readonly_mount "$base/$name"
    echo "$name" >>"$base/mounts"
  fi
done

# Devices that harm nobody, and a place for what containers mount over.
mount -t tmpfs -o mode=755 tmpfs "$base/dev"
for device in null zero full random urandom tty; do
  : >"$base/dev/$device"
  mount --bind "/dev/$device" "$base/dev/$device"
done
mkdir -p "$base"/dev/{pts,shm,mqueue}
# Terminals of the node's own, the same for its containers and for the stream server that executes into them.
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx
mount --bind /dev/pts "$base/dev/pts"
ln -s pts/ptmx "$base/dev/ptmx"
: >"$base/dev/termination-log"
for pair in fd: stdin:/0 stdout:/1 stderr:/2; do ln -s "/proc/self/fd${pair#*:}" "$base/dev/${pair%:*}"; done
echo dev >>"$base/mounts"

# The lab's programs, and of /etc what programs look up.
for pair in "node $NODE" "envoy $ENVOY" "kube $KUBE"; do
  : >"$base/isthmus/bin/${pair%% *}"
  mount --bind "$(readlink -f "${pair#* }")" "$base/isthmus/bin/${pair%% *}"
  readonly_mount "$base/isthmus/bin/${pair%% *}"
done
ln -s kube "$base/isthmus/bin/kubectl"
for file in passwd group nsswitch.conf ld.so.cache ld.so.conf ld.so.conf.d services protocols alternatives localtime; do
  [ ! -e "/etc/$file" ] || cp -a --no-preserve=ownership "/etc/$file" "$base/isthmus/etc/" 2>/dev/null || true
done
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  mkdir -p "$base/isthmus/etc/ssl/certs"
  cp -L --no-preserve=ownership /etc/ssl/certs/ca-certificates.crt "$base/isthmus/etc/ssl/certs/"
fi
echo isthmus >>"$base/mounts"
mount --make-rshared /

# keep NAME COMMAND...: runs it, and again whenever it ends.
keep() {
  local name=$1
  shift
  while :; do
    "$@" >>"$dir/logs/$name.log" 2>&1 &
    echo $! >"$disk/$name.pid"
    wait $! && code=0 || code=$?
    echo "$(date -Is) $name ended with $code" >>"$dir/logs/$name.log"
    sleep 0.3
  done
}

keep cri "$NODE" $CRI_FLAGS "$CRI" "$dir/cri.json" &
# Before the node can have had time to answer an old one, kube-proxy waits for nobody.
GOGC=50 GOMEMLIMIT=64MiB keep kube-proxy "$KUBE" kube-proxy --config "$dir/proxy.yaml" &
until [ -S "$disk/cri.sock" ]; do sleep 0.02; done
GOGC=75 keep kubelet "$KUBE" kubelet --config "$dir/kubelet.yaml" --kubeconfig "$dir/kubelet.kubeconfig" \
  --root-dir /var/lib/kubelet --cert-dir /var/lib/kubelet/pki --hostname-override "$NAME" --node-ip "$ADDRESS" \
  --node-labels "$LABELS" &
wait
