#!/usr/bin/env bash
# bench/compare.sh BASE [HEAD]: is the engine of HEAD faster than that of BASE? Builds both commits
# beside each other (HEAD: the working tree when it is left out) and runs slices of both in turn, in
# one process: medians, and the ratio HEAD/BASE, which holds where the machine is busy and absolute
# figures do not. Each build brings its own EngineHarness, hence its own ports.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: bench/compare.sh BASE [HEAD]" >&2; exit 2; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() { # PROJECT
    dotnet build "$1" -c Release -nodeReuse:false -p:UseSharedCompilation=false -v quiet -nologo >&2
}

# The built program of a commit. An archive, not a worktree: it leaves no trace in the repository.
built() { # COMMIT NAME
    mkdir "$work/$2"
    git archive "$1" | tar -x -C "$work/$2"
    build "$work/$2/src/PacketSwitch"
    echo "$work/$2/src/PacketSwitch/bin/Release/net10.0"
}

base=$(git rev-parse --verify "$1^{commit}")
build bench/PacketSwitch.Bench
base_folder=$(built "$base" base)
if [ $# -eq 2 ]; then
    head=$(git rev-parse --verify "$2^{commit}")
    head_folder=$(built "$head" head)
else
    head="$(git rev-parse HEAD) and what is not committed"
    head_folder=src/PacketSwitch/bin/Release/net10.0
fi
echo "base $base"
echo "head $head"
dotnet bench/PacketSwitch.Bench/bin/Release/net10.0/PacketSwitch.Bench.dll --compare "$base_folder" "$head_folder"
