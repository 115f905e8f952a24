#!/usr/bin/env bash
# The lab: three clients, the switch and three real servers, each in a network namespace of its own, on this machine.
# It ends by itself; exit 0 only if every step held, 1 if one did not, 2 for a wrong word, 5 if it may not run here.
#
#   ./run-lab.sh                  the lab of the README
#   ./run-lab.sh up               the same lab to play with, at a prompt
#   ./run-lab.sh peers            the same picture with curl and nginx (tools/setup.sh --test-peers installs them)
#   ./run-lab.sh modes            NAT, full NAT and DSR in IPv4 and IPv6: curl, iperf3, DNS, path MTU, forged packets, one arm
#   ./run-lab.sh flood            a SYN flood fills a small session table
#   ./run-lab.sh failover         servers that are killed, vanish and come back under load: nginx
#   ./run-lab.sh lesson N         a short lesson on L4 switching: a lab, a packet's walk, a question (1 to 8)
#   ./run-lab.sh dashboard        the dashboard in a headless Chromium, the metrics, and top in tmux
#   ./run-lab.sh observe          a live annotated capture that tshark reads, and slow watchers under load
#   ./run-lab.sh doctor           one fault after the other, which `packetswitch doctor` finds and says how to cure
#   ./run-lab.sh offload          long connections carried by the kernel: bulk, a watcher, servers that end (not rootless)
#   ./run-lab.sh moves            a server gets another MAC, a client another router, while connections are open
#   ./run-lab.sh operate          a hundred applies, a drain and an abused control socket, while clients are served
#     --offloads on|off           on leaves the hosts' checksum and segmentation offloads at their default
#     --io pcap|ring|auto         how the switch reads and writes its ports
#     --loops N                   N loops receive on each of the switch's ports, each a share of the flows
#     --keep DIR                  keep the logs of all programs there
#     --no-build                  run what is built already
#
# Nothing of it may outlive it, whatever happens: this process becomes `unshare --kill-child`, and all the rest (the
# build too) runs in a process namespace that the kernel ends with it. Without root, a user namespace gives the rights.
set -u
PATH=$PATH:/usr/sbin:/sbin
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
kill_child=(--kill-child --fork --pid --mount)

usage() { sed -n '2,/--no-build/s/^# \{0,1\}//p' "$root/run-lab.sh"; }

cannot() { echo "cannot make network namespaces here: $1" >&2; exit 5; }

may() { unshare --fork --pid --mount --net "$@" true 2>/dev/null; }

# Outside: find out which rights there are, then become the guard of everything below.
outside() {
    [[ " $* " =~ \ (-h|--help)\  ]] && { usage; exit 0; }
    local rights=() how=root
    if [ "$(id -u)" != 0 ] || ! may; then
        how=rootless rights=(--user --map-root-user)
        may "${rights[@]}" || cannot "$(why_not)"
        # Inside we only look like root, and could not install anything.
        "$root/tools/setup.sh" --check || exit 5
    fi
    exec unshare "${kill_child[@]}" "${rights[@]}" -- bash "$root/run-lab.sh" --inside $how $$ "$@"
}

why_not() {
    local name
    if [ "$(id -u)" = 0 ]; then
        echo "even root may not (a container without CAP_SYS_ADMIN?). Run it on the host, or in a privileged container."
        return
    fi
    for name in kernel/unprivileged_userns_clone=0 kernel/apparmor_restrict_unprivileged_userns=1 \
        user/max_user_namespaces=0; do
        if [ "$(cat "/proc/sys/${name%=*}" 2>/dev/null)" = "${name#*=}" ]; then
            name=${name/\//.}
            break
        fi
        name=
    done
    echo "unprivileged user namespaces are off${name:+ ($name)}. Run: sudo ./run-lab.sh"
}

# Inside: process 1 of a process namespace; its end is the end of everything in it.
inside() {
    local how=$1 outer=$2
    shift 2
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # Scratch space that vanishes with the mount namespace.
    mount -t tmpfs -o mode=1777 tmpfs /dev/shm || exit 5
    export TMPDIR=/dev/shm/tmp
    mkdir -p $TMPDIR /dev/shm/outer
    mount --rbind /proc /dev/shm/outer || exit 5
    mount -t proc proc /proc 2>/dev/null
    watch_outer "/dev/shm/outer/$outer" &

    export PACKETSWITCH_LAB_HOW=$how
    local what="as root, in namespaces of its own"
    [ $how = rootless ] && what="rootless (user namespace)"
    echo "PacketSwitch lab: $what, nothing is changed on this machine"
    [ $how = root ] && { "$root/tools/setup.sh" || exit 5; }
    build "$@"
    # From here on without the machine's network. /run becomes our own, so that `ip netns` sees only the lab.
    mount -t tmpfs -o mode=755 tmpfs /run || exit 5
    mkdir /run/netns
    run unshare --net -- dotnet "$lab" "$@"
    exit $?
}

# unshare holds a SIGTERM back until its child has ended; so the child looks whether one is pending. This also ends
# what was started in the instant before the kernel was told to end it with its parent.
watch_outer() {
    local status
    while status=$(cat "$1/status" 2>/dev/null); do
        [[ $status =~ ShdPnd:[[:space:]]*([0-9a-f]+) ]] && ((0x${BASH_REMATCH[1]} & 1 << 14)) && break
        sleep 0.3
    done
    kill -TERM 1
}

# In the background and waited for, so that a signal is answered at once.
run() { "$@" <&0 & wait $!; }

# Builds the switch and the lab; sets $lab.
build() {
    local arguments=() where= first= marker log started
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
    if [ ! -w "${HOME:-/nonexistent}" ]; then
        export HOME=/dev/shm/home
        mkdir -p $HOME
    fi

    local project=$root/tools/PacketSwitch.Lab
    local elsewhere=${XDG_CACHE_HOME:-$HOME/.cache}/packetswitch/lab-$(cksum <<<"$root" | cut -d' ' -f1)
    local in_tree=$project/bin/Release/net10.0/packetswitch-lab.dll
    local in_cache=$elsewhere/bin/PacketSwitch.Lab/release/packetswitch-lab.dll
    if [[ " $* " == *" --no-build "* ]]; then
        for lab in "$in_tree" "$in_cache"; do
            [ -r "$lab" ] && return
        done
        echo "nothing is built yet: run it once without --no-build" >&2
        exit 2
    fi
    if tree_is_ours; then
        lab=$in_tree marker=$project/obj/lab-build-unfinished
    else
        lab=$in_cache marker=$elsewhere/lab-build-unfinished
        arguments=(--artifacts-path "$elsewhere")
        where=" in $elsewhere"
        [[ $elsewhere == /dev/shm/* ]] && where=" in memory"
    fi
    [ -e "$lab" ] || first=" (first time)"
    # A build that was killed may have left half a file that looks newer than its source.
    [ -e "$marker" ] && arguments+=(--no-incremental)

    log=$TMPDIR/build.log
    started=${EPOCHREALTIME/./}
    printf 'building ............................................... '
    mkdir -p "$(dirname "$marker")" && : >"$marker" || exit 5
    if ! run dotnet build "$project" -c Release -nodeReuse:false -p:UseSharedCompilation=false -v quiet \
        "${arguments[@]}" >"$log" 2>&1; then
        printf 'FAIL\n'
        { grep -E 'error|warn' "$log" || tail -n 20 "$log"; } | sort -u | head -n 20 >&2
        exit 1
    fi
    rm -f "$marker"
    printf 'ok %6s s%s%s\n' "$(seconds_since "$started")" "$where" "$first"
}

# Whether to build in the tree: not in another's (with sudo it would get files its owner cannot remove), nor where an
# earlier build left what cannot be written.
tree_is_ours() {
    local project
    [ -O "$root" ] || return
    for project in "$root"/src/*/ "$root/tools/PacketSwitch.Lab/"; do
        [ -w "$project" ] || return
        [ -z "$(find "$project"{bin,obj} ! -writable -print -quit 2>/dev/null)" ] || return
    done
}

seconds_since() {
    local tenths=$(((${EPOCHREALTIME/./} - $1 + 50000) / 100000))
    echo "$((tenths / 10)).$((tenths % 10))"
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
fi
outside "$@"
