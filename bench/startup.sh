#!/usr/bin/env bash
# bench/startup.sh [--first] [--rounds N] [--io ring|pcap|auto] [PROGRAM...]: how long is it from
# the start of the switch, with room for a million sessions, to the first datagram that reaches a
# server through a virtual service? N starts (11) of each program in turn, so that what disturbs the
# machine disturbs all; prints median, least and most in milliseconds, and how long processors worked
# for the threads that still live then. Without a PROGRAM the release build of this tree is measured.
# --first: it has the processors before other sessions of this machine.
#
# A client sends a datagram every 2 ms; a port of the server where nobody listens counts the first
# that comes, which is looked for every 2 ms. The shell does both by itself: processes it would start
# would take the switch's processors. The server's MAC is configured; there is a host port (if), as
# in most configurations. Needs root. Nothing of it outlives it.
set -u
PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
target=192.0.2.2 switch_mac=02:00:00:00:00:01 server_mac=02:00:00:00:00:05

refuse() { echo "bench/startup.sh: $1" >&2; exit "$2"; }

outside() {
    rounds=11 io=auto first=no
    while [ $# -gt 0 ]; do
        case $1 in
            --rounds) rounds=${2:-}; shift ;;
            --io) io=${2:-}; shift ;;
            --first) first=yes ;;
            -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
            -*) refuse "unknown word '$1'; see --help" 2 ;;
            *) break ;;
        esac
        shift
    done
    [[ $rounds =~ ^[1-9][0-9]*$ ]] || refuse "--rounds takes a number" 2
    [ $# -gt 0 ] || set -- "${here%/bench}/src/PacketSwitch/bin/Release/net10.0/packetswitch"
    for program; do [ -x "$program" ] || refuse "$program is not there; build it first" 5; done
    [ "$(id -u)" = 0 ] || refuse "needs root, for network namespaces" 5
    export rounds io first
    exec unshare --kill-child --fork --pid --mount --net -- setsid bash "$here/startup.sh" --inside "$@"
}

make_networks() {
    local host port
    for host in client server; do ip netns add $host; ip -n $host link set lo up; done
    ip -n client link add c0 type veth peer name p8 netns 1
    ip -n server link add s0 address $server_mac type veth peer name p1 netns 1
    for port in p8 p1; do ip link set $port up; done
    ip -n client address add 192.0.2.101/24 dev c0
    ip -n server address add 192.0.2.5/24 dev s0
    ip -n client link set c0 up
    ip -n server link set s0 up
    ip -n client neigh replace $target lladdr $switch_mac dev c0
    cat >/run/switch.cfg <<END
sys / mac $switch_mac
port 8 / intf p8 / client ena
port 1 / intf p1 / server ena
if 1 / addr 192.0.2.4 / mask 255.255.255.0 / ena
real 1 / rip 192.0.2.5 / mac $server_mac / ena
group 1 / health none / add 1
virt 1 / vip $target / ena
virt 1/service 19 / protocol udp
slb on
END
}

pause() { read -r -t 0.002 -u 9 _; } # nothing ever comes on 9

# Datagrams that came to a port without a listener, by the server's own count.
count() {
    while read -r kind _ packets _; do
        [ "$kind" = Udp: ] && [[ $packets =~ ^[0-9]+$ ]] && counted=$packets
    done <$1
}

start_once() { # PROGRAM
    local before began switch task nanoseconds
    count /run/server/snmp
    before=$counted
    began=${EPOCHREALTIME/./}
    "$1" run --io $io -c /run/switch.cfg >/run/log 2>&1 &
    switch=$!
    while count /run/server/snmp; [ "$counted" = "$before" ]; do
        [ $((${EPOCHREALTIME/./} - began)) -lt 20000000 ] || { cat /run/log >&2; exit 1; }
        pause
    done
    took=$(((${EPOCHREALTIME/./} - began) / 100))
    ran=0
    for task in /proc/$switch/task/*/schedstat; do
        { read -r nanoseconds _ <$task; } 2>/dev/null && ran=$((ran + nanoseconds / 100000))
    done
    read -r nanoseconds _ </proc/$switch/schedstat
    first=$((nanoseconds / 100000))
    kill $switch
    wait $switch
}

inside() {
    local round program place=0 sorted
    mount -t tmpfs -o mode=755 tmpfs /run && mount -t proc proc /proc || exit 5
    [ $first = no ] || echo -20 >/proc/self/autogroup
    mkdir /run/netns
    mkfifo /run/never
    exec 9<>/run/never
    ip netns attach 1 $$
    make_networks
    ip netns exec client bash -c "exec 9<>/run/never
        while :; do echo >/dev/udp/$target/19; read -r -t 0.002 -u 9 _; done" 2>/dev/null &
    ip netns exec server sleep infinity &
    ln -s /proc/$!/net /run/server
    sleep 0.3
    for ((round = 0; round <= rounds; round++)); do # the first start fills the page cache
        place=0
        for program; do
            start_once "$program"
            [ $round -gt 0 ] && echo $took >>/run/times.$place
            [ $round -gt 0 ] && echo $ran >>/run/ran.$place && echo $first >>/run/first.$place
            place=$((place + 1))
        done
    done
    place=0
    for program; do
        mapfile -t sorted < <(sort -n /run/times.$place)
        printf '%6.1f ms median, %.1f to %.1f, %d starts;' "$(tenth ${sorted[rounds / 2]})" \
            "$(tenth ${sorted[0]})" "$(tenth ${sorted[rounds - 1]})" $rounds
        mapfile -t sorted < <(sort -n /run/ran.$place)
        printf ' processors %.1f ms' "$(tenth ${sorted[rounds / 2]})"
        mapfile -t sorted < <(sort -n /run/first.$place)
        printf ', of them the first thread %.1f  %s\n' "$(tenth ${sorted[rounds / 2]})" "$program"
        place=$((place + 1))
    done
    exit 0
}

tenth() { echo $(($1 / 10)).$(($1 % 10)); }

[ "${1:-}" = --inside ] && { shift; inside "$@"; }
outside "$@"
