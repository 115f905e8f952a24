#!/usr/bin/env bash
# Runs the benchmarks that have a budget in bench/budgets.json, shortly, and fails when one is over it.
# Called by .ci/run (--no-build: what is built already), and by hand before a commit that touches the data plane.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
if [ "${1:-}" != --no-build ]; then
    dotnet build bench/PacketSwitch.Bench -c Release -nodeReuse:false -p:UseSharedCompilation=false -v quiet -nologo || exit 1
fi
exec dotnet run -c Release --no-build --project bench/PacketSwitch.Bench -- --budgets
