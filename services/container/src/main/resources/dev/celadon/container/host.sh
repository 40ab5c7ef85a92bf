#!/bin/bash
# What the platform does to this host for its containers; every verb may be repeated.
# Environment: RUN (/run/celadon/<instance>), DATA, INSTANCE, RUNTIME, BRIDGE, NETWORK (a.b.c.d/20), GATEWAY, MTU, BLOCKED.
set -euo pipefail
oci() { "$RUNTIME" --root "$RUN/oci" "$@"; }
host_lock() { exec 9>"$RUN/lock"; flock 9; }

case $1 in
setup)
  mkdir -p "$RUN"/{c,exits,slugs,oci} "$DATA/disks"
  chmod 711 "$RUN" "$RUN/c" "$RUN/slugs"
  host_lock
  if ! ip link show "$BRIDGE" >/dev/null 2>&1; then
    ip link add "$BRIDGE" mtu "$MTU" type bridge
    ip addr add "$GATEWAY/${NETWORK#*/}" dev "$BRIDGE"
    ip link set "$BRIDGE" up
  fi
  sysctl -qw net.ipv4.ip_forward=1 "net.ipv4.conf.$BRIDGE.route_localnet=0" "net.ipv6.conf.$BRIDGE.disable_ipv6=1"
  # Private networks stay reachable: a self-hosted app needs the company's database. The host and other dynos do not.
  nft -f - <<RULES
add table inet celadon_$INSTANCE
delete table inet celadon_$INSTANCE
table inet celadon_$INSTANCE {
  set blocked { type ipv4_addr; flags interval; elements = { $BLOCKED } }
  chain input { type filter hook input priority filter; policy accept;
    iifname "$BRIDGE" ct state established,related accept
    iifname "$BRIDGE" reject with icmp admin-prohibited
  }
  chain forward { type filter hook forward priority filter; policy accept;
    iifname "$BRIDGE" oifname "$BRIDGE" drop
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
disk) # ID UID MB
  template=$DATA/disks/template-$4.img image=$DATA/disks/$2.img at=$RUN/c/$2/disk
  if [ ! -e "$template" ]; then
    host_lock
    if [ ! -e "$template" ]; then
      truncate -s "$4M" "$template.new"
      mkfs.ext4 -q -F -O ^has_journal -E lazy_itable_init=1,nodiscard -m 0 -N 131072 "$template.new"
      mv "$template.new" "$template"
    fi
  fi
  mkdir -p "$at"
  chmod 711 "$RUN/c/$2"
  cp --sparse=always "$template" "$image"
  mount -o loop,noatime,nosuid,nodev "$image" "$at"
  rmdir "$at/lost+found"
  mkdir "$at"/{upper,work,tmp,app}
  chown "$3:$3" "$at"/{upper,tmp,app}
  chown 200000:200000 "$at/work"
  ;;
start) # ID SLOT ADDRESS SLUG-IMAGE|-  ; the bundle lies in RUN/c/ID
  id=$2 slot=$3 address=$4 slug=$5 bundle=$RUN/c/$2
  # One hardware address for ever per address: the host still knows the last holder's and would wait for it to expire.
  mac=$(printf '02:ce:%02x:%02x:%02x:%02x' ${address//./ })
  ip netns add "cdn-$INSTANCE-$slot"
  ip -batch - <<LINKS
link add v$INSTANCE-$slot mtu $MTU type veth peer name eth0 address $mac mtu $MTU netns cdn-$INSTANCE-$slot
link set v$INSTANCE-$slot master $BRIDGE up
link set v$INSTANCE-$slot type bridge_slave isolated on
LINKS
  ip -n "cdn-$INSTANCE-$slot" -batch - <<LINKS
link set eth0 addrgenmode none
addr add $address/${NETWORK#*/} dev eth0
link set eth0 up
link set lo up
route add default via $GATEWAY
LINKS
  if [ "$slug" != - ]; then
    [ -e "$slug" ] || { echo "slug image $slug is missing" >&2; exit 66; }
    host_lock
    at=$RUN/slugs/$(basename "$slug")
    if ! mountpoint -q "$at"; then mkdir -p "$at"; mount -o loop,ro,nosuid,nodev "$slug" "$at"; fi
    flock -u 9
  fi
  # conmon daemonises at once: its sync line must be read here, before the pipe is gone. It must not keep our lock.
  export _OCI_SYNCPIPE=3
  line=$(conmon --api-version 1 -c "$id" -u "$id" -n "$id" -r "$(command -v "$RUNTIME")" --runtime-arg "--root=$RUN/oci" \
    -b "$bundle" -p "$bundle/pidfile" -P "$bundle/conmon.pid" --persist-dir "$bundle" --exit-dir "$RUN/exits" \
    -l "k8s-file:$bundle/log" --log-size-max 10485760 --no-sync-log --full-attach ${6:-} \
    3>&1 9>&- >/dev/null 2>"$bundle/err" </dev/null | head -n 1)
  case $line in
    *'"data": -'* | *'"data":-'* | '') cat "$bundle/err" >&2; echo "$line" >&2; exit 70 ;;
  esac
  oci start "$id" 9>&-
  ;;
signal) # ID SIGNAL
  [ ! -e "$RUN/exits/$2" ] || exit 0
  oci kill --all "$2" "$3" 2>/dev/null || oci kill "$2" "$3" 2>/dev/null || [ -e "$RUN/exits/$2" ] || ! oci state "$2" >/dev/null 2>&1
  ;;
remove) # ID SLOT|-
  id=$2 bundle=$RUN/c/$2
  slug=$(cat "$bundle/slug" 2>/dev/null || true)
  oci delete -f "$id" >/dev/null 2>&1 || true
  if [ -e "$bundle/conmon.pid" ]; then
    for _ in $(seq 50); do
      kill -0 "$(cat "$bundle/conmon.pid")" 2>/dev/null || break
      sleep 0.02
    done
  fi
  [ "$3" = - ] || ip netns del "cdn-$INSTANCE-$3" 2>/dev/null || true
  [ "$3" = - ] || ip link del "v$INSTANCE-$3" 2>/dev/null || true
  while mountpoint -q "$bundle/disk"; do umount "$bundle/disk" || umount -l "$bundle/disk"; done
  rm -rf "$bundle" "$RUN/exits/$id"
  rm -f "$DATA/disks/$id.img"
  if [ -n "$slug" ]; then
    host_lock
    if ! cat "$RUN"/c/*/slug 2>/dev/null | grep -qxF "$slug"; then
      at=$RUN/slugs/$(basename "$slug")
      ! mountpoint -q "$at" || umount "$at"
      rmdir "$at" 2>/dev/null || true
    fi
  fi
  ;;
clean)
  for at in "$RUN"/slugs/*; do
    ! mountpoint -q "$at" || umount "$at"
  done
  ip link del "$BRIDGE" 2>/dev/null || true
  nft delete table inet "celadon_$INSTANCE" 2>/dev/null || true
  find /sys/fs/cgroup -depth -type d -path "*/celadon-$INSTANCE*" -exec rmdir {} \; 2>/dev/null || true
  rm -f "$DATA"/disks/*.img
  rm -rf "$RUN"
  ;;
esac
