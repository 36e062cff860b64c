#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A quiet account alone, then beside one with 60,000 events waiting; Pinpoint takes 50 ms for each answer. The figure is
# from webhook to first byte at Pinpoint.
. "$(dirname "$0")/../lib.sh"
flood=${EVENTS:-60000}

quiet_p99() {
    http POST "$quiet_port" /bench/reset >/dev/null
    load a1 "$quiet_port" --events 500 --rate 50 >/dev/null
    await is_written 500
    http GET "$quiet_port" /bench/stats | number p99_us
}
is_written() { [ "$(http GET "$quiet_port" /bench/stats | number count)" -ge "$1" ]; }

start_answerer --delay-ms 50
quiet_port=$answer_port
start_answerer --delay-ms 50
configure "$quiet_port" "$answer_port"
start_serve
load a1 "$quiet_port" --events 100 --rate 50 --wait >/dev/null
solo=$(quiet_p99)
load a2 "$answer_port" --events "$flood" >/dev/null
beside=$(quiet_p99)
left=$("$hookline" status --json | number waiting)
[ "$left" -gt 0 ] || fail "the flood was over before the quiet account's events were"
row "fairness: a quiet account alone, p99" "$(calculate %.2f "$solo / 1000") ms" "" ""
row "fairness: beside a flood of $flood" "$(calculate %.2f "$beside / 1000") ms" "at most twice" "$(holds "$beside <= 2 * $solo")"
