#!/bin/sh
# Holds the engine to bench/budgets.json: exit 0 when all figures are within their budgets, 1 with a line for each that is not.
set -eu
cd "$(dirname "$0")/.."
exec dotnet run -c Release --project bench/PacketSwitch.Bench -- --budgets bench/budgets.json
