# The little networks of the benchmark, each a client, a middle and a server in namespaces of their own. Read by run.sh.
#
#   l2: 10.3.0.1 client c0 -- p8 middle p1 -- s0 server 10.3.0.2    for what forwards frames; VIP 10.3.0.100
#   switch-ring, bare-c, ...: as l2, one for each that forwards frames, for the column of frames
#   l3: 10.1.0.1 client c0 -- p8 middle p1 -- s0 server 10.2.0.2    for the kernel and proxies; VIP 10.1.0.100 on p8
#   l0: 10.4.0.1 client c0 ---------------- s0 server 10.4.0.2      nothing between
#
# All offloads of the veths are at their default (checksum and TSO on, GRO off).

inside_of() { ip netns exec "$@"; } # NAMESPACE COMMAND...

# What the column of frames has a network for, each its own; the kernel's NAT has l3.
frame_carriers=(switch-ring switch-pcap bare-c bare-cs bare-pcap)

make_networks() {
    local net name
    for net in l0 l2 l3 "${frame_carriers[@]}"; do make_hosts $net; done
    ip -n cli-l0 link add c0 type veth peer name s0 netns srv-l0
    set_address cli-l0 c0 10.4.0.1
    set_address srv-l0 s0 10.4.0.2
    for net in l2 "${frame_carriers[@]}"; do
        join_hosts $net
        set_address cli-$net c0 10.3.0.1
        set_address srv-$net s0 10.3.0.2
    done
    join_hosts l3
    set_address cli-l3 c0 10.1.0.1
    set_address mid-l3 p8 10.1.0.100
    set_address mid-l3 p1 10.2.0.100
    set_address srv-l3 s0 10.2.0.2
    ip -n cli-l3 route add default via 10.1.0.100
    ip -n srv-l3 route add default via 10.2.0.100
    inside_of mid-l3 sysctl -qw net.ipv4.ip_forward=1
}

make_hosts() { # NETWORK
    local host
    for host in cli mid srv; do
        ip netns add $host-$1
        ip -n $host-$1 link set lo up
        inside_of $host-$1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
            net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1 2>/dev/null
    done
}

join_hosts() { # NETWORK
    ip -n cli-$1 link add c0 type veth peer name p8 netns mid-$1
    ip -n srv-$1 link add s0 type veth peer name p1 netns mid-$1
    ip -n mid-$1 link set p8 up
    ip -n mid-$1 link set p1 up
}

set_address() { # NAMESPACE DEVICE ADDRESS
    ip -n "$1" address add "$3/24" dev "$2"
    ip -n "$1" link set "$2" up
}

mac_of() { ip -n "$1" -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; } # NAMESPACE DEVICE

received_by() { ip netns exec "$1" cat /sys/class/net/"$2"/statistics/rx_packets; } # NAMESPACE DEVICE

# What answers: the same programs behind every contender.
start_servers() {
    local net
    for net in l3 "${frame_carriers[@]}"; do inside_of srv-$net "$work/pingpong" sink 9 & done
    for net in l0 l2 l3; do
        inside_of srv-$net "$work/pingpong" echo 7 &
        has iperf3 && inside_of srv-$net iperf3 -s -p 5201 >/dev/null 2>&1 &
        if has nginx; then
            sed "s/@NAME@/web-$net/" "$here/nginx-web.conf" >$work/web-$net.conf
            inside_of srv-$net nginx -e stderr -c $work/web-$net.conf >$work/web-$net.log 2>&1 &
        fi
    done
    sleep 1
}
