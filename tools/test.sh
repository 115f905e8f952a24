#!/usr/bin/env bash
# Everything needed and then all tests, in Release: one line per test project, the reason of every skipped test,
# all of a failed one. The last line is "N passed, N failed, N skipped"; exit 0 only if none failed.
#
#   tools/test.sh [--no-build] [FILTER]     FILTER is `dotnet test`'s --filter, e.g. 'FullyQualifiedName~Wire'
#
# Full logs stay in artifacts/test-logs. No test needs root, the Internet or a set clock; what is not allowed or not
# there is skipped and says why. Called by .ci/run, and by hand.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

# Foreign captures and the seed document lie beside the repository on machines that have them.
[ -d "$root/../shared/captures" ] && export PACKETSWITCH_CAPTURES=${PACKETSWITCH_CAPTURES:-$(realpath ../shared/captures)}
[ -d "$root/../shared/seed" ] && export PACKETSWITCH_SEED=${PACKETSWITCH_SEED:-$(realpath ../shared/seed)}

build=yes
[ "${1:-}" = --no-build ] && { build=no; shift; }
filter=()
[ $# -gt 0 ] && filter=(--filter "$1")

tools/setup.sh || exit $?
logs=artifacts/test-logs
mkdir -p $logs
if [ $build = yes ] && ! dotnet build PacketSwitch.sln -c Release -nodeReuse:false -p:UseSharedCompilation=false -v quiet \
    >$logs/build.log 2>&1 </dev/null; then
    grep -E 'error|warn' $logs/build.log | sort -u | head -n 40
    echo "the build failed"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi

passed=0 failed=0 skipped=0
for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    log=$logs/$name.log
    started=${EPOCHREALTIME/./}
    timeout -k 10 900 dotnet test "$project" -c Release --no-build "${filter[@]}" \
        --logger 'console;verbosity=normal' >"$log" 2>&1 </dev/null
    code=$?
    tenths=$(((${EPOCHREALTIME/./} - started) / 100000))
    read -r p f s < <(awk '/^ *Passed: /{p=$2} /^ *Failed: /{f=$2} /^ *Skipped: /{s=$2} END{print p+0, f+0, s+0}' "$log")
    # A runner that died before its figures, or one that counts no failure and yet is not content, has failed.
    [ $code -ne 0 ] && [ "$f" -eq 0 ] && f=1
    verdict=passed!
    [ "$f" -gt 0 ] && verdict=FAILED
    printf '  %-24s %s %4d tests %4d.%d s   %s\n' "$name" $verdict $((p + f + s)) $((tenths / 10)) $((tenths % 10)) \
        "$(sed -n 's|.*<Description>\(.*\)</Description>.*|\1|p' "$project")"
    # "[xUnit.net 00:00:00.22]     Some.Tests.Name [SKIP]", the reason on the next line.
    awk '/\[SKIP\]$/{sub(/^\[[^]]*\] */, ""); sub(/ \[SKIP\]$/, ""); test = $0; next}
         test != ""{sub(/^\[[^]]*\] */, ""); print "      skipped " test ": " $0; test = ""}' "$log"
    [ "$f" -gt 0 ] && awk '/^  (Passed|Skipped) /{show = 0} /^  Failed /{show = 1; any = 1} /^Total tests/{show = 0} show{print "      " $0}
        {last[NR % 20] = $0} END{if (!any) for (i = NR + 1; i <= NR + 20; i++) if (last[i % 20] != "") print "      " last[i % 20]}' "$log"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
