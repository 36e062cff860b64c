#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# At a leisurely 100 events a second: from the moment the sender writes a webhook to the first byte at Pinpoint.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-2000}

start_answerer
configure "$answer_port"
start_serve
load a1 "$answer_port" --events 200 --rate 100 --wait >/dev/null
http POST "$answer_port" /bench/reset >/dev/null
load a1 "$answer_port" --events "$events" --rate 100 --wait >/dev/null
http GET "$answer_port" /bench/stats >"$directory/stats.json"
p50=$(number p50_us <"$directory/stats.json")
p99=$(number p99_us <"$directory/stats.json")
[ "$(number count <"$directory/stats.json")" -eq "$events" ] || fail "not all were written: $(cat "$directory/stats.json")"
row "latency: webhook to first byte at Pinpoint, p50" "$(calculate %.2f "$p50 / 1000") ms" "under 2 ms" "$(holds "$p50 < 2000")"
row "latency: the same, p99" "$(calculate %.2f "$p99 / 1000") ms" "under 10 ms" "$(holds "$p99 < 10000")"
