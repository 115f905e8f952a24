#!/usr/bin/env bash
# PacketSwitch beside others that do the same, in one run on this machine: in-kernel nftables DNAT, HAProxy (mode tcp),
# nginx stream, and forwarders that decide nothing (C and C# on the packet ring, C# on SharpPcap).
#
#   bench/peers/run.sh                  every figure three times, about 33 minutes
#   bench/peers/run.sh --quick          twice and shorter, about 12 minutes
#     --rounds N                        repeat N times
#     --only A,B                        these contenders (switch-ring switch-loops switch-pcap nftables haproxy nginx
#                                       bare-c bare-cs bare-pcap kernel direct)
#     --first                           the benchmark has the processors before other sessions of this machine
#     --out DIR                         where the table and the plot go, else bench/peers/results
#     --no-build                        run what is built already
#
# The contenders take turns within each round, so that what disturbs the machine disturbs all; the table shows medians
# and ratios. Clients, servers and contender share the machine's cores: only ratios within one run mean something.
# Needs root (XDP, namespaces) and the programs of tools/setup.sh --bench-peers; what is missing is skipped with its
# reason. Exit 0 when the table was written, 2 for a wrong word, 5 when nothing can run here.
#
# Nothing of it may outlive it, also when it is killed: it becomes `unshare --kill-child`, and everything runs in
# process, network and mount namespaces that the kernel ends with it.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(dirname "$(dirname "$here")")

usage() { sed -n '2,21s/^# \{0,1\}//p' "$here/run.sh"; }
refuse() { echo "bench/peers/run.sh: $1" >&2; exit "$2"; }

# Outside: the words, the builds (which may need the network), then the guard.
outside() {
    rounds= seconds=3 trips=3000 only= out=$here/results build=yes quick=no how= first=no
    while [ $# -gt 0 ]; do
        case $1 in
            --quick) quick=yes seconds=1 trips=1000 ;;
            --rounds) rounds=${2:-}; shift; [[ $rounds =~ ^[1-9][0-9]*$ ]] || refuse "--rounds takes a number" 2 ;;
            --only) only=${2:-}; shift ;;
            --out) out=${2:-}; shift; [ -n "$out" ] || refuse "--out takes a folder" 2 ;;
            --first) first=yes how=", before other sessions" ;;
            --no-build) build=no ;;
            -h | --help) usage; exit 0 ;;
            *) refuse "unknown word '$1'; see --help" 2 ;;
        esac
        shift
    done
    : "${rounds:=$([ $quick = yes ] && echo 2 || echo 3)}"
    [ "$(id -u)" = 0 ] || refuse "needs root, for network namespaces and XDP: sudo $here/run.sh" 5
    unshare --fork --pid --mount --net true 2>/dev/null || refuse "cannot make namespaces here" 5
    mkdir -p "$out" || exit 5
    out=$(cd "$out" && pwd -P)
    if [ $build = yes ]; then
        for project in src/PacketSwitch bench/PacketSwitch.Bench; do
            dotnet build "$root/$project" -c Release -nodeReuse:false -v quiet -nologo >/dev/null ||
                refuse "$project does not build" 5
        done
    fi
    export rounds seconds trips only out quick how first outer=$$
    exec unshare --kill-child --fork --pid --mount --net -- setsid bash "$here/run.sh" --inside
}

# unshare holds a signal back until its child has ended; so the child looks whether one is pending (SIGINT or SIGTERM),
# and whether unshare is still there.
watch_outer() {
    local status
    while status=$(cat "/run/outer/$outer/status" 2>/dev/null); do
        [[ $status =~ ShdPnd:[[:space:]]*([0-9a-f]+) ]] && ((0x${BASH_REMATCH[1]} & 0x4002)) && break
        sleep 0.3
    done
    kill -TERM 1
}

# A session of its own is a scheduling group of its own, whose weight is that of its autogroup.
take_processors() {
    [ $first = no ] || echo -20 >/proc/self/autogroup || echo "other sessions have the same right to run" >&2
}

inside() {
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    mount -t tmpfs -o mode=755 tmpfs /run || exit 5
    mkdir -p /run/netns /run/bench /run/outer
    mount --rbind /proc /run/outer || exit 5
    take_processors
    mount -t proc proc /proc || exit 5
    watch_outer &
    work=/run/bench raw=/run/bench/raw
    : >$raw
    . "$here/network.sh"
    . "$here/contenders.sh"
    . "$here/figures.sh"
    build_tools
    make_networks
    start_servers
    list_contenders
    local round name
    for ((round = 1; round <= rounds; round++)); do
        for name in "${contenders[@]}"; do
            measure "$name" "$round"
        done
        frames_in_turn
    done
    describe_machine >"$out/latest.txt"
    awk -f "$here/report.awk" $work/skipped $raw | tee -a "$out/latest.txt"
    awk -f "$here/plot.awk" $raw >"$out/latest.svg"
    echo "table: $out/latest.txt   plot: $out/latest.svg"
}

measure() { # CONTENDER ROUND
    printf 'round %s/%s %s ' "$2" "$rounds" "$1" >&2
    : >$work/contender.log
    if ! "start_${1//-/_}"; then
        echo "does not start: $(tail -n 1 $work/contender.log)" >&2
        skip "$1" "it did not start"
        stop_contender
        return
    fi
    measure_figures "$1"
    stop_contender
    printf '\n    %s\n' "$(tail -n 1 $work/contender.log)" >&2
}

[ "${1:-}" = --inside ] && { inside; exit; }
outside "$@"
