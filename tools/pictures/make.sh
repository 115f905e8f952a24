#!/usr/bin/env bash
# Makes the pictures of the README from what runs: the dashboard and `top` of the lab, and a replay's annotated capture as
# Wireshark's command line shows it. Needs chromium, tmux and tshark (tools/setup.sh --test-peers); build first.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
most=$((150 * 1024))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

packetswitch() { dotnet "$root/src/PacketSwitch/bin/Release/net10.0/packetswitch.dll" "$@"; }

browser() {
    chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --hide-scrollbars \
        --user-data-dir="$work/chromium" "$@" >>"$work/chromium.log" 2>&1
}

# terminal OUT.png WIDTH HEIGHT TITLE < text with colours
terminal() {
    local page text
    page=$(<"$here/terminal.html") text=$(sed 's/ *$//')
    page=${page/TITLE/"$4"}
    printf '%s' "${page/TEXT/"$text"}" >"$work/page.html"
    browser --window-size="$2,$3" --screenshot="$1" "file://$work/page.html"
}

# smaller OUT.png WIDTH HEIGHT < IN.png: the upper part, scaled to a width
smaller() {
    cat >"$work/whole.png"
    echo "<body style='margin:0'><img src=whole.png style='width:$2px'>" >"$work/page.html"
    browser --window-size="$2,$3" --screenshot="$1" "file://$work/page.html"
}

"$root/run-lab.sh" dashboard --no-build --keep "$work/lab"
smaller "$here/dashboard.png" 900 830 <"$work/lab/dashboard.png"
smaller "$here/explain.png" 900 740 <"$work/lab/dashboard.explain.png"
terminal "$here/top.png" 880 330 "packetswitch top" < <(sed -n 1,14p "$work/lab/top100.ansi")
packetswitch replay "$root/captures/three-clients.pcap" -c "$root/captures/three-clients.cfg" -o "$work/out.pcapng" >/dev/null
{
    echo "$ packetswitch replay three-clients.pcap -c three-clients.cfg -o out.pcapng"
    echo "$ tshark -r out.pcapng -T fields -e frame.interface_name -e ip.src -e tcp.srcport ... -e frame.comment"
    tshark -r "$work/out.pcapng" -c 12 -T fields -e frame.interface_name -e ip.src -e tcp.srcport -e ip.dst \
        -e tcp.dstport -e frame.comment 2>>"$work/tshark.log" | column -t -s $'\t'
} | terminal "$here/wireshark.png" 1160 310 "a replay in Wireshark's words: each frame at both ports, with the verdict as comment"

for picture in "$here"/*.png; do
    size=$(stat -c %s "$picture")
    echo "$(basename "$picture") $size bytes"
    ((size < most)) || { echo "make.sh: $picture is larger than $most bytes" >&2; exit 1; }
done
