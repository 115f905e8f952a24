#!/usr/bin/env bash
# Installs what PacketSwitch needs and this machine lacks, or prints the one line that does.
#
#   tools/setup.sh               what the switch, its tests and the lab need
#   tools/setup.sh --test-peers  also foreign programs that some tests use (nginx, curl ...)
#   tools/setup.sh --bench-peers also what bench/peers/run.sh compares with, and its compilers
#   tools/setup.sh --check       install nothing, only say what is missing
#
# Silent when nothing is missing; may run any number of times. Exit 0: all is there; 5: something is missing that
# only a person can install. Called by run-lab.sh, tools/test.sh and .ci/run.
set -u
PATH=$PATH:/usr/sbin:/sbin

install=yes
peers=no
bench=no
for word in "$@"; do
    case $word in
        --test-peers) peers=yes ;;
        --bench-peers) bench=yes ;;
        --check) install=no ;;
        -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "tools/setup.sh: unknown word '$word' (known: --test-peers --bench-peers --check)" >&2; exit 2 ;;
    esac
done

has_program() { command -v "$1" >/dev/null 2>&1; }

# SharpPcap asks the loader for these names, so a runtime package is enough.
has_libpcap() {
    ldconfig -p 2>/dev/null | grep -qE 'libpcap\.so(\.0|\.0\.8|\.1)? '
}

missing=()
need() { # PACKAGE PROGRAM...: the package is missing when one of its programs is
    local package=$1 program
    shift
    for program in "$@"; do
        has_program "$program" || { missing+=("$package"); return; }
    done
}

need iproute2 ip
need util-linux unshare mount
need findutils find
need procps ps
has_libpcap || missing+=(libpcap0.8)
if [ $peers = yes ]; then
    need nginx-light nginx
    need curl curl
    need iperf3 iperf3
    need dnsmasq-base dnsmasq
    need bind9-dnsutils dig
    need tcpdump tcpdump
    need tshark tshark
    need ethtool ethtool
    need libcap2-bin setcap
    need chromium chromium
    need tmux tmux
    need zsh zsh
    need fish fish
    need git git
fi
if [ $bench = yes ]; then
    need iperf3 iperf3
    need wrk wrk
    need haproxy haproxy
    need nginx-light nginx
    [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || missing+=(libnginx-mod-stream)
    need nftables nft
    need ethtool ethtool
    need gcc gcc
    [ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
    need clang clang
    [ -e /usr/include/bpf/bpf.h ] || missing+=(libbpf-dev)
fi

status=0
if [ ${#missing[@]} -gt 0 ]; then
    line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    if ! has_program apt-get; then
        echo "missing here: ${missing[*]} (Debian's package names). Install them with this system's package manager." >&2
        status=5
    elif [ $install = no ] || [ "$(id -u)" != 0 ]; then
        echo "missing here: ${missing[*]}. Run: sudo sh -c '$line'" >&2
        status=5
    else
        echo "installing ${missing[*]}"
        log=$(mktemp)
        export DEBIAN_FRONTEND=noninteractive
        # Packages with a service (nginx) must not start it: tests run their own copy in a namespace.
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            trap "rm -f /usr/sbin/policy-rc.d" EXIT
            printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d
            chmod 755 /usr/sbin/policy-rc.d
        fi
        # The lists may be missing or old: fetched when the first try finds a package unknown or gone.
        apt_install() {
            apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends "${missing[@]}" \
                >>"$log" 2>&1 </dev/null
        }
        if ! apt_install && ! { apt-get update -q >>"$log" 2>&1 </dev/null && apt_install; }; then
            tail -n 5 "$log" >&2
            echo "could not install ${missing[*]}. Run by hand: $line" >&2
            status=5
        fi
        rm -f "$log"
    fi
fi

if ! has_program dotnet; then
    echo "missing here: the .NET SDK 10. Install it from https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    status=5
elif ! dotnet --list-sdks 2>/dev/null | grep -qE '^(1[0-9]|[2-9][0-9])\.'; then
    echo "missing here: the .NET SDK 10 (found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' '))." \
        "Install it from https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    status=5
fi
exit $status
