# How each contender is started, and what is missing for it. Read by run.sh. A start function sets `net` (its network;
# for what forwards frames the one named by `l2`), `target` (the address clients speak to) and `pid`, and returns 0 when
# it forwards.

l2=l2
all_contenders=(direct kernel nftables haproxy nginx switch-ring switch-loops switch-pcap bare-c bare-cs bare-pcap)

has() { command -v "$1" >/dev/null 2>&1; }

skip() { printf 'skipped\t%s\t%s\n' "$1" "$2" >>$work/skipped; }

# The helpers in C; without a compiler their figures are skipped.
build_tools() {
    touch $work/skipped
    if ! has gcc; then
        refuse "needs gcc for the clients: tools/setup.sh --bench-peers" 5
    fi
    gcc -O2 -o $work/pingpong "$here/pingpong.c" -lpthread || exit 5
    gcc -O2 -o $work/bareforward "$here/bareforward.c" || skip bare-c "bareforward.c does not compile here"
    { gcc -O2 -o $work/framegen "$here/framegen.c" -lbpf &&
        clang -O2 -g -target bpf -I"/usr/include/$(uname -m)-linux-gnu" -c "$here/framegen.bpf.c" \
            -o $work/framegen.bpf.o; } 2>$work/framegen.log ||
        skip frames "needs clang and libbpf-dev: tools/setup.sh --bench-peers"
    has iperf3 || skip bulk "needs iperf3: tools/setup.sh --bench-peers"
    has wrk && has nginx || skip web "needs wrk and nginx: tools/setup.sh --bench-peers"
}

list_contenders() {
    local name
    contenders=()
    for name in "${all_contenders[@]}"; do
        [ -z "$only" ] || [[ ,$only, == *,$name,* ]] || continue
        case $name in
            nftables) has nft || { skip $name "needs nftables"; continue; } ;;
            haproxy) has haproxy || { skip $name "needs haproxy"; continue; } ;;
            nginx) [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] ||
                { skip $name "needs libnginx-mod-stream"; continue; } ;;
            bare-c) [ -x $work/bareforward ] || continue ;;
        esac
        contenders+=("$name")
    done
}

# Starts a program in the middle and waits for a line of its output; without one, for its TCP port.
start_in() { # NAMESPACE LINE COMMAND...
    local place=$1 line=$2 try
    shift 2
    ip netns exec "$place" "$@" >$work/contender.log 2>&1 & # no function, whose shell would have the pid
    pid=$!
    for ((try = 0; try < 100; try++)); do
        kill -0 $pid 2>/dev/null || return 1
        if [ -n "$line" ]; then
            grep -q "$line" $work/contender.log && return 0
        else
            inside_of "$place" bash -c 'exec 3<>/dev/tcp/10.1.0.100/7' 2>/dev/null && return 0
        fi
        sleep 0.1
    done
    return 1
}

stop_process() {
    [ -z "${pid:-}" ] || { kill -TERM $pid 2>/dev/null; wait $pid 2>/dev/null; }
    pid=
}

stop_contender() {
    stop_process
    inside_of mid-l3 nft delete table ip bench 2>/dev/null
    ip -n cli-l2 neigh flush all
}

start_direct() { net=l0 target=10.4.0.2; }

start_kernel() { net=l3 target=10.2.0.2; }

start_nftables() {
    net=l3 target=10.1.0.100
    inside_of mid-l3 nft -f "$here/nftables.nft" 2>$work/contender.log
}

start_haproxy() { net=l3 target=10.1.0.100; start_in mid-l3 "" haproxy -db -f "$here/haproxy.cfg"; }

start_nginx() { net=l3 target=10.1.0.100; start_in mid-l3 "" nginx -e stderr -c "$here/nginx-stream.conf"; }

start_switch_ring() { start_switch ring; }
start_switch_pcap() { start_switch pcap; }
start_switch_loops() { # every frame through the process
    sed 's/^sys.*/& \/ offload dis/' "$here/switch.cfg" >$work/loops.cfg
    start_switch ring $work/loops.cfg
}
start_switch() { # BACKEND [CONFIG]
    net=$l2 target=10.3.0.100
    start_in mid-$net '^READY' "$program" run --io "$1" -c "${2:-$here/switch.cfg}"
}
program="$root/src/PacketSwitch/bin/Release/net10.0/packetswitch"

start_bare_c() { net=$l2 target=10.3.0.2; start_in mid-$net '^READY' $work/bareforward p8 p1; }

start_bare_cs() { start_bare ring; }
start_bare_pcap() { start_bare pcap; }
start_bare() { # BACKEND
    net=$l2 target=10.3.0.2
    start_in mid-$net '^READY' dotnet "$root/bench/PacketSwitch.Bench/bin/Release/net10.0/PacketSwitch.Bench.dll" \
        --bare "$1" p8 p1
}
