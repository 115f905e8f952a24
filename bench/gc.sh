#!/usr/bin/env bash
# bench/gc.sh [--first] [--seconds N] [--rounds N] [SETTING...]: how long do garbage collections hold
# up the running switch under load, with which settings of the collector? A SETTING is NAME=VALUE of
# the runtime, several joined by commas, or "default"; each runs for N seconds (60), in turn, N times
# (1). Half of each run is plain load; in the other half a client reads the dashboard's metrics every
# second and another observes every frame. Prints for each half: collections, all pauses together and
# the longest, as /metrics has them (GC.GetGCMemoryInfo within the process).
#
# The load: iperf3 (one stream), wrk on 16 kept connections, wrk with a new connection for each
# request, and datagrams from ever new ports, all on the same processors; so the switch has them
# before others (chrt -r 1), and a pause is not the wait for a processor. Needs root, iperf3, wrk,
# nginx, curl and chrt. --first: before other sessions of this machine. Nothing of it outlives it.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
program=${here%/bench}/src/PacketSwitch/bin/Release/net10.0/packetswitch
vip=192.0.2.2

outside() {
    seconds=60 rounds=1 first=no
    while [ $# -gt 0 ]; do
        case $1 in
            --first) first=yes ;;
            --seconds) seconds=$2; shift ;;
            --rounds) rounds=$2; shift ;;
            -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
            -*) echo "bench/gc.sh: unknown word '$1'; see --help" >&2; exit 2 ;;
            *) break ;;
        esac
        shift
    done
    [ $# -gt 0 ] || set -- default
    export seconds rounds first
    exec unshare --kill-child --fork --pid --mount --net -- setsid bash "$here/gc.sh" --inside "$@"
}

make_networks() {
    local host port
    for host in client server; do ip netns add $host; ip -n $host link set lo up; done
    ip link set lo up
    ip -n client link add c0 type veth peer name p8 netns 1
    ip -n server link add s0 type veth peer name p1 netns 1
    for port in p8 p1; do ip link set $port up; done
    ip -n client address add 192.0.2.101/24 dev c0
    ip -n server address add 192.0.2.5/24 dev s0
    ip -n client link set c0 up
    ip -n server link set s0 up
    ip netns exec client sysctl -qw net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1
    cat >/run/switch.cfg <<END
sys / web 127.0.0.1:8080
port 8 / intf p8 / client ena
port 1 / intf p1 / server ena
if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
real 1 / rip 192.0.2.5 / ena
group 1 / health tcp / add 1
virt 1 / vip $vip / ena
virt 1/service 80
virt 1/service 5201
virt 1/service 9 / protocol udp
slb on
END
    sed 's/@NAME@/web/' "$here/peers/nginx-web.conf" >/run/web.conf
    mkdir -p /run/bench
    ip netns exec server nginx -e stderr -c /run/web.conf 2>/run/web.log &
    ip netns exec server iperf3 -s >/dev/null 2>&1 &
}

load() { # SECONDS
    ip netns exec client iperf3 -c $vip -t "$1" >/dev/null 2>&1 &
    ip netns exec client wrk -t 1 -c 16 -d "$1"s http://$vip/ >/run/kept 2>&1 &
    ip netns exec client timeout "$1" bash -c "while :; do echo >/dev/udp/$vip/9; done" 2>/dev/null &
    ip netns exec client wrk -t 1 -c 16 -d "$1"s -H 'Connection: close' http://$vip/ >/run/new 2>&1
}

pauses() { curl -s http://127.0.0.1:8080/metrics | awk '
    /^packetswitch_gc_collections_total/ { n = $2 } /^packetswitch_gc_pause_seconds_total/ { all = $2 }
    /^packetswitch_gc_longest_pause_seconds/ { most = $2 }
    END { printf "%5d collections, pauses %7.1f ms together, longest %5.2f ms since the start", n, all * 1e3, most * 1e3 }'; }

watch() {
    local end=$((SECONDS + $1))
    timeout "$1" "$program" observe --socket-dir /run/sockets >/dev/null 2>&1 &
    while [ $SECONDS -lt $end ]; do curl -s http://127.0.0.1:8080/metrics >/dev/null; sleep 1; done
}

run_once() { # SETTING
    local switch variables=()
    [ "$1" = default ] || variables=(${1//,/ })
    env "${variables[@]/#/DOTNET_}" chrt -r 1 "$program" run --socket-dir /run/sockets -c /run/switch.cfg >/run/log 2>&1 &
    switch=$!
    for _ in {1..100}; do grep -q READY /run/log && break; sleep 0.1; done
    sleep 1
    load $((seconds / 2))
    echo "$1 | load        | $(pauses)"
    watch $((seconds / 2)) &
    load $((seconds / 2))
    echo "$1 | and watched | $(pauses); $(awk '/Requests\/sec/ { print int($2) }' /run/new) connections/s"
    kill $switch
    wait $switch
}

inside() {
    mount -t tmpfs -o mode=755 tmpfs /run && mount -t proc proc /proc || exit 5
    [ $first = no ] || echo -20 >/proc/self/autogroup
    mkdir /run/netns /run/sockets
    ip netns attach 1 $$
    make_networks
    sleep 1
    for ((round = 0; round < rounds; round++)); do
        for setting; do run_once "$setting"; done
    done
    exit 0
}

[ "${1:-}" = --inside ] && { shift; inside "$@"; }
outside "$@"
