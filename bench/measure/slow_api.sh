#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each answer takes 200 ms, and 1,000 requests are in flight over two workers.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-30000}

start_answerer --delay-ms 200
processes=2 in_flight=500 configure "$answer_port"
start_serve
load a1 "$answer_port" --events 1000 --wait >/dev/null
http POST "$answer_port" /bench/reset >/dev/null
load a1 "$answer_port" --events "$events" --wait >/dev/null
http GET "$answer_port" /bench/stats >"$directory/stats.json"
[ "$(number count <"$directory/stats.json")" -eq "$events" ] || fail "not all were written: $(cat "$directory/stats.json")"
rate=$(calculate %d "$events * 1000 / ($(number last_ms <"$directory/stats.json") - $(number first_ms <"$directory/stats.json") + 1)")
# shellcheck disable=SC2046 # a list
memory=$(memory_kb VmHWM $(children "$serve" ' worker'))
row "slow API (200 ms): written" "$rate/s" "4500/s" "$(holds "$rate >= 4500")"
row "slow API: in flight at most" "$(number max_in_flight <"$directory/stats.json")" "" ""
row "slow API: both workers, most resident" "$(calculate %.1f "$memory / 1024") MiB" "under 40 MiB" "$(holds "$memory < 40 * 1024")"
