#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures Hookline on this machine and prints one table. bench/run.sh [--profile] [MEASURE]…: all of them, unless some
# are named (bench/measure/). bench/README.md says how to read it. make bench builds what it needs and calls it.
set -eu
cd "$(dirname "$0")/.."
bench=bench
all="ingest queue end_to_end latency slow_api fairness recovery growth memory"

if [ "${1:-}" = --profile ]; then
    exec "$bench/profile.sh"
fi
measures=${*:-$all}
for measure in $measures; do
    [ -x "$bench/measure/$measure.sh" ] && case " $all " in *" $measure "*) continue ;; esac
    echo "bench: no measure \"$measure\"; there are: $all" >&2
    exit 2
done

export PEER=
if command -v node >/dev/null 2>&1 && [ -z "${NO_PEER:-}" ]; then
    if sh "$bench/peers/bullmq/install.sh" build/peers/bullmq >build/bench-peer.log 2>&1; then
        PEER=yes
    else
        echo "bench: the peer could not be installed, so it is left out; see build/bench-peer.log" >&2
    fi
fi

rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
trap 'exit 130' INT TERM
code=0
for measure in $measures; do
    echo "bench: $measure" >&2
    "$bench/measure/$measure.sh" 3>>"$rows" || { code=1; echo "bench: $measure was not measured" >&2; }
done

echo
echo "$(date -u +%Y-%m-%d), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $(redis-server --version | cut -d' ' -f3)"
echo
awk -F'|' '
    # How many times better: more of what is counted by the second, less of anything else.
    function ratio(ours, peers) {
        if (peers + 0 == 0 || ours + 0 == 0) return ""
        return sprintf("%.1f x", peers ~ /\/s$/ ? ours / peers : peers / ours)
    }
    function line(a, b, c, d, e, f) {
        printf "%-" width[1] "s  %" width[2] "s  %-" width[3] "s  %-4s  %" width[5] "s  %s\n", a, b, c, d, e, f
    }
    BEGIN { width[5] = length("BullMQ") }
    { for (i = 1; i <= 5; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END {
        line("measure", "", "aim", "", "BullMQ", "")
        for (r = 1; r <= NR; r++)
            line(cell[r, 1], cell[r, 2], cell[r, 3], cell[r, 4], cell[r, 5], ratio(cell[r, 2], cell[r, 5]))
    }' "$rows" | sed 's/ *$//'
exit $code
