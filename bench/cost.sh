#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts the instructions that an event costs in each part without I/O (bench/cost.c), and compares them with what is
# recorded in bench/cost/recorded.txt: more than 10 % off is a failure. Counts, unlike times, are the same on a busy
# machine. `bench/cost.sh --record` writes down what is true now; say in the commit why it changed.
# A system without a record (its libraries and compiler make other figures) is told the figures, and passes.
set -eu
cd "$(dirname "$0")/.."
program=${COST:-build/gcc/bench/cost}
recorded=bench/cost/recorded.txt
off_most=10 # percent

command -v valgrind >/dev/null || { echo 'cost: valgrind is missing; ./run cost installs it' >&2; exit 1; }
# shellcheck source=/dev/null
system="$(. /etc/os-release && echo "$ID-${VERSION_ID:-rolling}")-gcc-$(gcc -dumpversion)"

# Without what only some processors have: libcrypto and glibc choose by it.
export OPENSSL_ia32cap=0:0
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-ERMS,-EVEX,-AVX512VL

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
# Of one more time, in $count.
of_one() {
    local many few
    many=$(instructions "$1" 1100)
    few=$(instructions "$1" 100)
    [ -n "$many" ] && [ -n "$few" ] || { echo "cost: $program $1 does not run under valgrind" >&2; exit 1; }
    count=$(((many - few) / 1000))
}

lines=
for part in verify read record map request; do
    of_one "$part"
    [ "$part" != map ] || map=$count
    [ "$part" != request ] || count=$((count - map)) # it plans too
    lines="$lines$part $count
"
done
lines=${lines%?}

if [ "${1:-}" = --record ]; then
    { grep -v "^$system " "$recorded" 2>/dev/null || true; printf '%s\n' "$lines" | sed "s/^/$system /"; } >"$recorded.new"
    mv "$recorded.new" "$recorded"
fi
printf '%s\n' "$lines" | awk -v system_name="$system" -v most="$off_most" '
    FNR == NR { if ($1 == system_name) was[$2] = $3; next }
    !($1 in was) { printf "cost: %-8s %6d instructions an event, nothing recorded for %s\n", $1, $2, system_name; next }
    {
        off = 100 * ($2 - was[$1]) / was[$1]
        printf "cost: %-8s %6d instructions an event, %d recorded (%+.1f %%)\n", $1, $2, was[$1], off
        if (off > most || off < -most) bad = bad " " $1
    }
    END {
        if (bad == "") exit 0
        printf "cost: more than %d %% off:%s; is it meant? bench/cost.sh --record writes it down\n", most, bad
        exit 1
    }' "$recorded" -
