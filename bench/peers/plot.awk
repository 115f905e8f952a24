# The plot: one group of bars for each figure that is a rate, each bar a share of the best contender. SVG on standard
# output, from the lines of $raw.

BEGIN {
    FS = "\t"
    columns = split("switch-ring switch-loops switch-pcap nftables haproxy nginx bare-c bare-cs bare-pcap", column, " ")
    split("#0b5cad #3f83c9 #6aa6e0 #3a7d34 #c8641b #8a4fa3 #555555 #888888 #bbbbbb", colour, " ")
    rows = split("bulk1 bulk8 keepalive connections frames", row, " ")
    split("TCP, 1 stream (Gbit/s)|TCP, 8 streams (Gbit/s)|requests/s|new connections/s|64-byte frames/s", label, "|")
    bar = 16
    left = 190
    width = 520
}

$1 != "skipped" { value[$1, $2, ++count[$1, $2]] = $3 }

function median(who, what,    n, i, j, t, list) {
    n = count[who, what]
    if (!n) return ""
    for (i = 1; i <= n; i++) list[i] = value[who, what, i] + 0
    for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
        t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
    }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

END {
    y = 30
    body = ""
    for (r = 1; r <= rows; r++) {
        best = 0
        for (c = 1; c <= columns; c++) if (median(column[c], row[r]) > best) best = median(column[c], row[r])
        if (!best) continue
        body = body sprintf("<text x='10' y='%d' font-weight='bold'>%s</text>\n", y, label[r])
        y += 8
        for (c = 1; c <= columns; c++) {
            m = median(column[c], row[r])
            if (m == "") continue
            body = body sprintf("<text x='%d' y='%d' text-anchor='end'>%s</text>" \
                "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/><text x='%.1f' y='%d'>%s</text>\n",
                left - 8, y + bar - 4, column[c], left, y, width * m / best, bar - 3, colour[c],
                left + width * m / best + 6, y + bar - 4, m >= 100 ? sprintf("%d", m) : sprintf("%.2f", m))
            y += bar
        }
        y += 28
    }
    printf "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>\n",
        left + width + 110, y
    printf "<rect width='100%%' height='100%%' fill='white'/>\n%s</svg>\n", body
}
