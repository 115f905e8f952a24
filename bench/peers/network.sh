# The little networks of the benchmark, each a client, a middle and a server in namespaces of their own. Read by run.sh.
#
#   l2: 10.3.0.1 client c0 -- p8 middle p1 -- s0 server 10.3.0.2    for what forwards frames; VIP 10.3.0.100
#   l3: 10.1.0.1 client c0 -- p8 middle p1 -- s0 server 10.2.0.2    for the kernel and proxies; VIP 10.1.0.100 on p8
#   l0: 10.4.0.1 client c0 ---------------- s0 server 10.4.0.2      nothing between
#
# All offloads of the veths are at their default (checksum and TSO on, GRO off).

inside_of() { ip netns exec "$@"; } # NAMESPACE COMMAND...

make_networks() {
    local net host
    for net in l0 l2 l3; do
        for host in cli mid srv; do
            ip netns add $host-$net
            ip -n $host-$net link set lo up
            inside_of $host-$net sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
                net.ipv4.ip_local_port_range="1024 65535" net.ipv4.tcp_tw_reuse=1 2>/dev/null
        done
    done
    ip -n cli-l0 link add c0 type veth peer name s0 netns srv-l0
    for net in l2 l3; do
        ip -n cli-$net link add c0 type veth peer name p8 netns mid-$net
        ip -n srv-$net link add s0 type veth peer name p1 netns mid-$net
        ip -n mid-$net link set p8 up
        ip -n mid-$net link set p1 up
    done
    set_address cli-l0 c0 10.4.0.1
    set_address srv-l0 s0 10.4.0.2
    set_address cli-l2 c0 10.3.0.1
    set_address srv-l2 s0 10.3.0.2
    set_address cli-l3 c0 10.1.0.1
    set_address mid-l3 p8 10.1.0.100
    set_address mid-l3 p1 10.2.0.100
    set_address srv-l3 s0 10.2.0.2
    ip -n cli-l3 route add default via 10.1.0.100
    ip -n srv-l3 route add default via 10.2.0.100
    inside_of mid-l3 sysctl -qw net.ipv4.ip_forward=1
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
    for net in l0 l2 l3; do
        inside_of srv-$net "$work/pingpong" echo 7 &
        inside_of srv-$net "$work/pingpong" sink 9 &
        has iperf3 && inside_of srv-$net iperf3 -s -p 5201 >/dev/null 2>&1 &
        if has nginx; then
            sed "s/@NAME@/web-$net/" "$here/nginx-web.conf" >$work/web-$net.conf
            inside_of srv-$net nginx -e stderr -c $work/web-$net.conf >$work/web-$net.log 2>&1 &
        fi
    done
    sleep 1
}
