#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs test programs one after another, each within a time limit, and sums up: run-tests.sh PROGRAM...
# Exits 1 when any of them fails; prints what cmocka printed.
set -u
limit=${TEST_TIMEOUT:-300}
failed=
count=0
for program; do
    count=$((count + 1))
    printf '== %s\n' "${program#build/*/tests/}"
    timeout -k 10 "$limit" "$program"
    code=$?
    [ "$code" -eq 124 ] && printf 'run-tests: %s took longer than %s s\n' "$program" "$limit"
    [ "$code" -eq 0 ] || failed="$failed $program"
done
if [ "$count" -eq 0 ]; then
    echo 'run-tests: no test program was given'
    exit 1
fi
if [ -n "$failed" ]; then
    printf 'run-tests: %d programs, these failed:%s\n' "$count" "$failed"
    exit 1
fi
printf 'run-tests: %d programs, all passed\n' "$count"
