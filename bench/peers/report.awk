# The table: medians of every figure by contender, then the ratios that are gates. Input: the lines of $work/skipped
# and $raw.

BEGIN {
    FS = "\t"
    columns = split("switch-ring switch-loops switch-pcap nftables haproxy nginx bare-c bare-cs bare-pcap kernel direct", column, " ")
    rows = split("bulk1 retransmits1 cpu bulk8 retransmits8 keepalive connections frames rtt50 rtt99 idle start", row, " ")
    split("TCP, 1 stream, Gbit/s|  retransmissions|  CPU s per Gbit|TCP, 8 streams, Gbit/s|  retransmissions|" \
        "requests/s, keep-alive|new connections/s|64-byte frames/s, loss < 0.1 %|round trip p50, us|" \
        "round trip p99, us|idle, % of a core|start to first frame, ms", label, "|")
}

$1 == "skipped" { skipped = skipped "skipped: " $2 ": " $3 "\n"; next }
{ value[$1, $2, ++count[$1, $2]] = $3 }

function median(who, what,    n, i, j, t, list) {
    n = count[who, what]
    if (!n) return ""
    for (i = 1; i <= n; i++) list[i] = value[who, what, i] + 0
    for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
        t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
    }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

function text(number) { return number == "" ? "-" : number >= 100 ? sprintf("%d", number) : sprintf("%.2f", number) }

function gate(what, mine, theirs, least, atMost,    ratio) {
    if (mine == "" || theirs == "" || theirs + 0 == 0) return
    ratio = mine / theirs
    printf "  %-66s %6.2f  wanted %s %.2f  %s\n", what, ratio, atMost ? "<=" : ">=", least,
        (atMost ? ratio <= least : ratio >= least) ? "ok" : "falls short"
}

END {
    printf "%-31s", "medians"
    for (c = 1; c <= columns; c++) printf "%13s", column[c]
    printf "\n"
    for (r = 1; r <= rows; r++) {
        printf "%-31s", label[r]
        for (c = 1; c <= columns; c++) printf "%13s", text(median(column[c], row[r]))
        printf "\n"
    }
    printf "\nratios\n"
    gate("TCP, 1 stream: ring / nftables", median("switch-ring", "bulk1"), median("nftables", "bulk1"), 0.8)
    gate("TCP, 8 streams: ring / nftables", median("switch-ring", "bulk8"), median("nftables", "bulk8"), 0.8)
    gate("retransmissions, 1 stream: ring / nftables (0 counts as 1)", median("switch-ring", "retransmits1") + 0 \
        ? median("switch-ring", "retransmits1") : 1, median("nftables", "retransmits1") + 0 \
        ? median("nftables", "retransmits1") : 1, 2, 1)
    gate("requests/s: ring / HAProxy", median("switch-ring", "keepalive"), median("haproxy", "keepalive"), 1)
    gate("requests/s: ring / nftables (aim)", median("switch-ring", "keepalive"), median("nftables", "keepalive"), 1)
    gate("new connections/s: ring / HAProxy", median("switch-ring", "connections"), median("haproxy", "connections"), 0.8)
    gate("new connections/s: ring / nftables (aim)", median("switch-ring", "connections"),
        median("nftables", "connections"), 1)
    gate("64-byte frames/s: ring / bare C", median("switch-ring", "frames"), median("bare-c", "frames"), 0.9)
    gate("64-byte frames/s: ring / bare C#", median("switch-ring", "frames"), median("bare-cs", "frames"), 0.95)
    gate("64-byte frames/s: pcap / bare SharpPcap", median("switch-pcap", "frames"), median("bare-pcap", "frames"), 0.9)
    gate("round trip p99: ring / kernel forwarding", median("switch-ring", "rtt99"), median("kernel", "rtt99"), 3, 1)
    gate("idle, % of a core: ring / 1", median("switch-ring", "idle"), 1, 2, 1)
    gate("start to first frame, ms: ring / 1", median("switch-ring", "start"), 1, 300, 1)
    printf "%s", skipped == "" ? "" : "\n" skipped
}
