# How each figure is measured. Read by run.sh; every function writes lines "CONTENDER FIGURE VALUE" into $raw. What a
# contender cannot do (UDP through a TCP proxy, TCP through a forwarder without checksums) is left out.

figure() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>$raw; printf '%s ' "$2=$3" >&2; }

is_skipped() { grep -q "^skipped	$1	" $work/skipped; }

measure_figures() { # CONTENDER
    inside_of cli-$net ping -c 2 -i 0.2 -W 2 $target >/dev/null 2>&1
    case $1 in
        direct | kernel) round_trips "$1" ;;
        bare-c | bare-cs) bulk "$1" 1; round_trips "$1" ;;
        switch-ring | switch-pcap) tcp "$1"; idle "$1"; start_up "$1" ;;
        *) tcp "$1" ;;
    esac
}

tcp() {
    round_trips "$1"
    bulk "$1" 1
    bulk "$1" 8
    web "$1" keepalive
    web "$1" connections -H 'Connection: close'
}

# CPU seconds of all programs of the benchmark so far, ended ones included. Work the kernel does in its own threads
# (ksoftirqd) is in none.
cpu_used() {
    cat /proc/[0-9]*/stat 2>/dev/null | awk -v hz="$(getconf CLK_TCK)" \
        '{ sub(/.*\) /, ""); used += $12 + $13 + $14 + $15 } END { print used / hz }'
}

# How long each thread of a process has run: "/proc/PID/task/TID/schedstat NANOSECONDS" a line.
threads_of() { awk '{ print FILENAME, $1 }' /proc/$1/task/*/schedstat 2>/dev/null; }

idle() { # percent of one core, with two ports and nothing to do; of a thread that ends meanwhile nothing counts
    threads_of $pid >$work/threads
    sleep $((2 * seconds))
    figure "$1" idle "$(threads_of $pid | awk -v s=$((2 * seconds)) \
        'NR == FNR { before[$1] = $2; next } { used += $2 - before[$1] }
        END { printf "%.2f", used / 1e9 / s * 100 }' $work/threads -)"
}

# Milliseconds from the start of the switch, with room for a million sessions, to the first datagram that reaches the
# server through it, to 10 ms. A port where nobody listens counts a datagram when it comes. All MACs are known.
start_up() { # CONTENDER
    local mac=02:00:00:00:00:01 before began try sender
    kill -TERM $pid
    wait $pid 2>/dev/null
    sed 's/^sys.*/sys \/ sessions 1048576/' "$here/switch.cfg" >$work/start.cfg
    printf '%s\n' "sys / mac $mac" "real 1 / mac $(mac_of srv-$net s0)" "virt 1/service 19 / protocol udp" >>$work/start.cfg
    ip -n cli-$net neigh replace $target lladdr $mac dev c0
    before=$(refused_by srv-$net)
    ip netns exec cli-$net bash -c "while :; do echo >/dev/udp/$target/19; sleep 0.008; done" 2>/dev/null &
    sender=$!
    began=${EPOCHREALTIME/./}
    ip netns exec mid-$net "$program" run --io "${1#switch-}" -c $work/start.cfg >$work/start.log 2>&1 &
    pid=$!
    for ((try = 0; try < 1000; try++)); do
        [ "$(refused_by srv-$net)" -gt "$before" ] && break
        sleep 0.004
    done
    figure "$1" start $(((${EPOCHREALTIME/./} - began) / 1000))
    kill $sender
    wait $sender 2>/dev/null
}

refused_by() { ip netns exec "$1" awk '$1 == "Udp:" && $3 + 0 == $3 { print $3 }' /proc/net/snmp; } # NAMESPACE

bulk() { # CONTENDER STREAMS
    is_skipped bulk && return
    local before after try json=$work/iperf.json
    before=$(cpu_used)
    for try in 1 2 3; do
        timeout $((seconds + 10)) ip netns exec cli-$net \
            iperf3 -J -c $target -p 5201 -P "$2" -t $seconds >$json 2>/dev/null && break
        sleep 0.5
    done
    after=$(cpu_used)
    awk -v before="$before" -v after="$after" '
        /"sum_sent"/ { part = "sent" } /"sum_received"/ { part = "received" }
        /"retransmits"/ && part == "sent" { again = $2 + 0 }
        /"bits_per_second"/ && part == "received" { rate = $2 + 0 }
        /"bytes"/ && part == "received" { bits = $2 * 8 }
        END { if (rate + 0 == 0) exit 1
            printf "%.2f %d %.3f\n", rate / 1e9, again, (after - before) / (bits / 1e9) }' $json >$work/bulk || return
    local rate again cpu
    read -r rate again cpu <$work/bulk
    figure "$1" "bulk$2" "$rate"
    figure "$1" "retransmits$2" "$again"
    [ "$2" = 1 ] && figure "$1" cpu "$cpu"
}

web() { # CONTENDER FIGURE WRK_WORDS...
    is_skipped web && return
    local name=$1 what=$2 rate
    shift 2
    rate=$(timeout $((seconds + 10)) ip netns exec cli-$net \
        wrk -t 1 -c 32 -d ${seconds}s "$@" http://$target/ 2>/dev/null | awk '/^Requests\/sec:/ { print int($2) }')
    [ -n "$rate" ] && figure "$name" "$what" "$rate"
}

round_trips() { # CONTENDER
    local p50 p99
    read -r p50 p99 < <(timeout 60 ip netns exec cli-$net $work/pingpong ping $target 7 $trips 200)
    [ -n "${p99:-}" ] || return
    figure "$1" rtt50 "$p50"
    figure "$1" rtt99 "$p99"
}

# The most frames a second of which fewer than 1 in 1,000 are lost. All that forward frames stand ready, each in its own
# network, and their tries take turns: a machine that is slower for some seconds is so for all. A try that loses nothing is
# followed by a higher rate, one that does by a lower, by smaller steps with each turn. The figure is the median of the
# rates that were held among the last thirty tries: short and many, because one try tells of its own moment only.
frames_in_turn() {
    is_skipped frames && return
    local name try tries=40
    local -A net_of=() target_of=() pid_of=() gateway_of=() rate_of=() step_of=() held_before=() held=()
    for name in "${contenders[@]}"; do
        [[ $name = nftables || " ${frame_carriers[*]} " = *" $name "* ]] || continue
        l2=$name
        if "start_${name//-/_}"; then make_ready; else skip "$name" "it did not start for the frames"; stop_process; fi
        pid=
    done
    l2=l2
    for ((try = 1; try <= tries; try++)); do
        for name in "${!net_of[@]}"; do try_next $((tries - try < 30)); done
    done
    printf '    ' >&2
    for name in "${!net_of[@]}"; do
        [ -z "${held[$name]:-}" ] || figure "$name" frames "$(median_of ${held[$name]})"
        inside_of mid-${net_of[$name]} ethtool -K p8 gro off >/dev/null 2>&1
        pid=${pid_of[$name]}
        stop_contender
    done
    printf '(frames)\n' >&2
}

make_ready() { # the contender NAME that has just been started, for its tries
    inside_of mid-$net ethtool -K p8 gro on >/dev/null 2>&1
    inside_of cli-$net ping -c 2 -i 0.2 -W 2 $target >/dev/null 2>&1
    gateway=$(inside_of cli-$net ip neigh show dev c0 | awk -v a="$target" '$1 == a { print $3 }')
    [[ $gateway == *:*:* ]] || gateway=$(mac_of srv-$net s0)
    net_of[$name]=$net target_of[$name]=$target pid_of[$name]=${pid:-} gateway_of[$name]=$gateway
    rate_of[$name]=150000 step_of[$name]=1.6 held_before[$name]=1
    try_rate 20000 >/dev/null
}

try_next() { # COUNTS; of the contender NAME
    local got is_held=0 rate=${rate_of[$name]}
    net=${net_of[$name]} target=${target_of[$name]} gateway=${gateway_of[$name]}
    got=$(try_rate $rate) && is_held=1
    [ $is_held = 0 ] || [ "$1" = 0 ] || held[$name]+=" $got"
    # The first turn shows where about the limit is; each further one halves the step, down to 3 %.
    [ $is_held = ${held_before[$name]} ] ||
        step_of[$name]=$(awk -v s=${step_of[$name]} 'BEGIN { s = 1 + (s - 1) / 2; print s < 1.03 ? 1.03 : s }')
    held_before[$name]=$is_held
    rate_of[$name]=$(awk -v r=$rate -v s=${step_of[$name]} -v up=$is_held 'BEGIN { printf "%d", up ? r * s : r / s }')
}

median_of() { # NUMBERS...
    printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : int((v[NR / 2] + v[NR / 2 + 1]) / 2) }'
}

# Prints how many frames a second arrived; succeeds when fewer than 1 in 1,000 were lost.
try_rate() { # FRAMES_A_SECOND
    local before after sent took
    before=$(received_by srv-$net s0)
    read -r sent took < <(cd $work && timeout $((seconds + 10)) ip netns exec cli-$net ./framegen c0 \
        "$(awk -v s=$seconds 'BEGIN { print s / 9 }')" "$(mac_of cli-$net c0)" "$gateway" \
        "$(client_of)" $target 9 "$1" 1000 2>$work/framegen.log)
    [ -n "${took:-}" ] || return 1
    sleep 0.1
    after=$(received_by srv-$net s0)
    awk -v sent="$sent" -v got=$((after - before)) -v took="$took" \
        'BEGIN { printf "%d\n", got / took; exit !(got >= sent * 0.999) }'
}

client_of() { inside_of cli-$net ip -4 -o address show dev c0 | awk '{ sub(/\/.*/, "", $4); print $4 }'; }

describe_machine() {
    version() { "$@" 2>&1 | head -n 1; }
    echo "PacketSwitch beside others, $(date -u '+%Y-%m-%d %H:%M') UTC, $rounds rounds of $seconds s each$how"
    echo "machine: $(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores shared by" \
        "clients, servers and contender; Linux $(uname -r); load $(cut -d' ' -f1 /proc/loadavg)"
    echo "offloads: the veths' defaults (tx checksum, TSO on; GRO off, but on at p8 for the frames column)"
    echo "versions: .NET $(dotnet --version); $(version iperf3 --version | cut -d' ' -f1-2);" \
        "$(version haproxy -v | cut -d' ' -f1-3); $(version nginx -v); $(version nft --version);" \
        "libpcap $(version dpkg-query -W -f '${Version}' libpcap0.8); commit" \
        "$(git -C "$root" -c safe.directory='*' log -1 --format=%h 2>/dev/null)"
    echo
}
