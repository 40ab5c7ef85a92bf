# What the platform does to this host for its containers; every verb may be repeated.
# Set above: RUN (/run/celadon/<instance>), DATA, INSTANCE, RUNTIME, BRIDGE, NETWORK (a.b.c.d/20), GATEWAY, MTU,
# BLOCKED, MEMORY (bytes; 0: most of what there is).
set -euo pipefail
oci() { "$RUNTIME" --root "$RUN/oci" "$@"; }
host_lock() { exec 9>"$RUN/lock"; flock 9; }

# SLOT: a network namespace with an address, behind the bridge; the fewest processes that can make it.
network() {
  # One hardware address for ever per address: the host still knows the last holder's and would wait for it to expire.
  local mac
  mac=$(printf '02:ce:%02x:%02x:%02x:%02x' ${2//./ })
  ip -batch - <<LINKS
netns add cdn-$INSTANCE-$1
link add v$INSTANCE-$1 mtu $MTU type veth peer name eth0 address $mac mtu $MTU netns cdn-$INSTANCE-$1
link set v$INSTANCE-$1 master $BRIDGE up
link set v$INSTANCE-$1 type bridge_slave isolated on
LINKS
  ip -n "cdn-$INSTANCE-$1" -batch - <<LINKS
link set eth0 addrgenmode none
addr add $2/${NETWORK#*/} dev eth0
link set eth0 up
link set lo up
route add default via $GATEWAY
LINKS
}

# A file system for one container, empty but for the places that every container has.
template() {
  [ ! -e "$1" ] || return 0
  host_lock
  if [ ! -e "$1" ]; then
    truncate -s "$2M" "$1.new"
    mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0 -N 131072 "$1.new"
    mkdir -p "$RUN/template"
    mount -o loop "$1.new" "$RUN/template"
    rmdir "$RUN/template/lost+found"
    mkdir "$RUN/template"/{upper,work,tmp,app}
    chown 200000:200000 "$RUN/template/work"
    umount "$RUN/template"
    rmdir "$RUN/template"
    mv "$1.new" "$1"
  fi
  flock -u 9
}

# DIRECTORY: takes away the disk, the network and the files of a site.
dissolve() {
  local slot image
  slot=$(cat "$1/slot" 2>/dev/null || true)
  image=$(cat "$1/image" 2>/dev/null || true)
  if [ -n "$slot" ]; then
    ip netns del "cdn-$INSTANCE-$slot" 2>/dev/null || true
    ip link del "v$INSTANCE-$slot" 2>/dev/null || true
  fi
  while mountpoint -q "$1/disk"; do umount "$1/disk" || umount -l "$1/disk"; done
  rm -rf "$1"
  [ -z "$image" ] || rm -f "$image"
}

# BUNDLE SIGNAL: to all processes of the session that was begun inside a container.
signal_session() {
  local stat line fields session
  session=$(cat "$1/pidfile" 2>/dev/null) || return 0
  for stat in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null <"$stat" || continue
    read -ra fields <<<"${line##*) }"
    [ "${fields[3]}" != "$session" ] || kill -s "$2" "${line%% *}" 2>/dev/null || true
  done
}

# NAME LEAST: a kernel setting that may be higher already.
raise() { [ "$(sysctl -n "$1")" -ge "$2" ] || sysctl -qw "$1=$2"; }

# All containers together leave this host its share: past it the kernel ends the largest of them, not a bystander.
limit_all() {
  local limit=$MEMORY group
  [ "$limit" != 0 ] || limit=$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 * 0.9 }' /proc/meminfo)
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/celadon-$INSTANCE
    echo +memory >/sys/fs/cgroup/cgroup.subtree_control
    mkdir -p "$group"
    echo "$limit" >"$group/memory.max"
  else
    group=/sys/fs/cgroup/memory/celadon-$INSTANCE
    mkdir -p "$group"
    echo "$limit" >"$group/memory.limit_in_bytes"
  fi
}

# PLACE: gone afterwards, also when it was mounted twice, or another unmounts it at the same moment.
unmount() { while mountpoint -q "$1"; do umount "$1" || ! mountpoint -q "$1" || return; done; }

case $1 in
setup)
  mkdir -p "$RUN"/{c,ready,exits,images,oci} "$DATA"/{disks,logs,stacks}
  chmod 711 "$RUN" "$RUN/c" "$RUN/images"
  host_lock
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    ip link add "$BRIDGE" mtu "$MTU" type bridge
    ip addr add "$GATEWAY/${NETWORK#*/}" dev "$BRIDGE"
    ip link set "$BRIDGE" up
  fi
  sysctl -qw net.ipv4.ip_forward=1 "net.ipv4.conf.$BRIDGE.route_localnet=0" "net.ipv6.conf.$BRIDGE.disable_ipv6=1"
  # What all dynos share must be more than they can take together: process ids, open files, the session keyrings that
  # their runtime gives them on account of the one uid that is their root.
  raise kernel.pid_max 4194304
  raise fs.file-max 1073741824
  raise kernel.keys.maxkeys 1000000
  raise kernel.keys.maxbytes 25000000
  # Private networks stay reachable: a self-hosted app needs the company's database. The host and other dynos do not.
  nft -f - <<RULES
add table inet celadon_$INSTANCE
delete table inet celadon_$INSTANCE
table inet celadon_$INSTANCE {
  set blocked { type ipv4_addr; flags interval; elements = { $BLOCKED } }
  set busy { type ipv4_addr; size 65535; flags dynamic; }
  chain input { type filter hook input priority filter; policy accept;
    iifname "$BRIDGE" ct state established,related accept
    iifname "$BRIDGE" reject with icmp admin-prohibited
  }
  chain forward { type filter hook forward priority filter; policy accept;
    iifname "$BRIDGE" oifname "$BRIDGE" drop
    iifname "$BRIDGE" ct state new add @busy { ip saddr ct count over 16384 } reject with icmp admin-prohibited
    iifname "$BRIDGE" ct state established,related accept
    iifname "$BRIDGE" ip daddr @blocked reject with icmp admin-prohibited
    iifname "$BRIDGE" tcp dport 25 reject with tcp reset
    iifname "$BRIDGE" accept
    oifname "$BRIDGE" ct state established,related accept
    oifname "$BRIDGE" drop
  }
  chain post { type nat hook postrouting priority srcnat; policy accept;
    ip saddr $NETWORK oifname != "$BRIDGE" masquerade
  }
}
RULES
  raise net.netfilter.nf_conntrack_max 1048576
  limit_all
  ;;
stack) # an empty tree with the places where the host's own /usr and the rest are mounted
  root=$RUN/hoststack
  mkdir -p "$root"/{usr,etc,proc,sys,dev,run,tmp,var/tmp,app,root,mnt}
  for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$root/$link"; done
  for place in "${@:2}"; do
    if [ -d "$place" ]; then mkdir -p "$root$place"; else mkdir -p "$root$(dirname "$place")"; : >"$root$place"; fi
  done
  for file in passwd group hosts resolv.conf nsswitch.conf; do : >"$root/etc/$file"; done
  printf 'hosts: files dns\npasswd: files\ngroup: files\n' >"$root/etc/nsswitch.conf"
  printf 'PRETTY_NAME="Celadon Cedar (host stack)"\nNAME="Celadon Cedar"\nID=cedar\n' >"$root/etc/os-release"
  ;;
site) # NAME MB SLOT ADDRESS
  site=$RUN/ready/$2 image=$DATA/disks/$2.img form=$DATA/disks/form-$3.img
  template "$form" "$3"
  mkdir -m 711 "$site" "$site/disk"
  echo "$4" >"$site/slot"
  echo "$image" >"$site/image"
  network "$4" "$5" &
  cp --sparse=always "$form" "$image"
  mount -o loop,noatime,nosuid,nodev "$image" "$site/disk"
  wait $!
  echo "$3" >"$site/ready"
  ;;
drop) # NAME
  dissolve "$RUN/ready/$2"
  ;;
mount-image) # IMAGE
  [ -e "$2" ] || { echo "image $2 is missing" >&2; exit 66; }
  at=$RUN/images/${2##*/}
  mkdir -p "$at"
  mountpoint -q "$at" || mount -o loop,ro,nosuid,nodev "$2" "$at" || { rmdir "$at"; exit 65; }
  # Anything else would start no process, or no shell.
  if [ "${2%/*}" = "$DATA/stacks" ] && [ ! -s "$at/etc/celadon-stack" ]; then
    unmount "$at"
    rmdir "$at"
    echo "image $2 is no image of a stack" >&2
    exit 65
  fi
  ;;
unmount-image) # IMAGE
  at=$RUN/images/${2##*/}
  unmount "$at"
  rmdir "$at" 2>/dev/null || true
  ;;
create | start) # ID MONITOR-OPTIONS... ; the bundle lies in RUN/c/ID
  id=$2 bundle=$RUN/c/$2
  # conmon daemonises at once: its sync line must be read here, before the pipe is gone. It leaves files where it starts.
  cd "$bundle"
  export _OCI_SYNCPIPE=3
  line=
  # No keyring of its own: the kernel allows one host uid 200 of them, and no system call inside reaches it.
  read -r line < <(exec conmon --api-version 1 --no-new-keyring -c "$id" -u "$id" -n "$id" -r "$RUNTIME" --runtime-arg "--root=$RUN/oci" \
    -b "$bundle" -p "$bundle/pidfile" -P "$bundle/conmon.pid" --persist-dir "$bundle" --exit-dir "$RUN/exits" \
    --no-sync-log --full-attach "${@:3}" 3>&1 >/dev/null 2>"$bundle/err" </dev/null) || true
  case $line in
    *'"data": -'* | *'"data":-'* | '') cat "$bundle/err" >&2; echo "$line" >&2; exit 70 ;;
  esac
  [ "$1" = create ] || exec "$RUNTIME" --root "$RUN/oci" start "$id"
  ;;
inside) # ID TARGET -t|-i ; the bundle lies in RUN/c/ID
  id=$2 target=$3 bundle=$RUN/c/$2 root=$RUN/oci
  cd "$bundle"
  if [ -e state.json ]; then
    mkdir -p "oci/$target" && mv state.json "oci/$target/" && root=$bundle/oci
  fi
  mkdir exit && mkfifo begin && exec 6<>begin
  # It waits for one word before it daemonises and for one more before the process starts.
  echo >&6
  export _OCI_SYNCPIPE=3 _OCI_STARTPIPE=6 _OCI_ATTACHPIPE=5
  line=
  read -r line < <(exec nsenter --net="/run/netns/cdn-$INSTANCE-$(cat "$RUN/c/$target/slot")" \
    conmon --api-version 1 -c "$target" -u "$id" -n "$id" -r "$RUNTIME" --runtime-arg "--root=$root" \
    -b "$bundle" -p "$bundle/pidfile" -P "$bundle/conmon.pid" --exit-dir "$bundle/exit" -l none --no-sync-log \
    --full-attach "$4" -e --exec-attach --exec-process-spec "$bundle/process.json" \
    --exit-command /bin/mv --exit-command-arg "$bundle/exit/$target" --exit-command-arg "$RUN/exits/$id" \
    3>/dev/null 5>&1 >/dev/null 2>"$bundle/err" </dev/null) || true
  [ -n "$line" ] || { cat "$bundle/err" >&2; exit 70; }
  ;;
begin) # ID
  [ ! -p "$RUN/c/$2/begin" ] || { exec 6<>"$RUN/c/$2/begin"; echo >&6; exit 0; }
  exec "$RUNTIME" --root "$RUN/oci" start "$2"
  ;;
signal) # ID SIGNAL
  [ ! -e "$RUN/exits/$2" ] || exit 0
  [ ! -p "$RUN/c/$2/begin" ] || { signal_session "$RUN/c/$2" "$3"; exit 0; }
  oci kill --all "$2" "$3" 2>/dev/null || oci kill "$2" "$3" 2>/dev/null || [ -e "$RUN/exits/$2" ] || ! oci state "$2" >/dev/null 2>&1
  ;;
remove) # ID
  id=$2 bundle=$RUN/c/$2
  if [ -p "$bundle/begin" ]; then
    signal_session "$bundle" KILL
    # One that was never begun waits for ever.
    [ -e "$bundle/pidfile" ] || kill "$(cat "$bundle/conmon.pid")" 2>/dev/null || true
  fi
  oci delete -f "$id" >/dev/null 2>&1 || true
  if [ -e "$bundle/conmon.pid" ]; then
    for _ in $(seq 50); do
      kill -0 "$(cat "$bundle/conmon.pid")" 2>/dev/null || break
      sleep 0.02
    done
  fi
  dissolve "$bundle"
  rm -rf "$RUN/exits/$id" "$DATA/logs/$id"
  ;;
clean)
  for site in "$RUN"/ready/*; do
    [ ! -e "$site" ] || dissolve "$site"
  done
  for at in "$RUN"/images/*; do
    unmount "$at"
  done
  ip link del "$BRIDGE" 2>/dev/null || true
  nft delete table inet "celadon_$INSTANCE" 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path "*/celadon-$INSTANCE*" -exec rmdir {} \; 2>/dev/null || true
  rm -rf "$DATA"/disks/*.img "$DATA"/logs/*
  rm -rf "$RUN"
  ;;
esac
