#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From the webhook to the comment written, against an nginx that answers at once.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-20000}

start_answer
configure "$answer_port"
start_serve
load a1 "$answer_port" --events 1000 --wait >/dev/null
# shellcheck disable=SC2046 # a list
before=$(cpu_ms $(family "$serve"))
before_redis=$(cpu_ms $(children "$serve" redis-server))
answered
had=$written
load a1 "$answer_port" --events "$events" --wait >"$directory/result.json"
# shellcheck disable=SC2046
cpu_us=$(calculate %.1f "($(cpu_ms $(family "$serve")) - $before) * 1000 / $events")
redis_us=$(calculate %.1f "($(cpu_ms $(children "$serve" redis-server)) - $before_redis) * 1000 / $events")
answered
written=$((written - had))
[ "$written" -ge "$events" ] || fail "$written of $events were written"
rate=$(number settled_per_second <"$directory/result.json")

peer=
if has_peer; then peer=$("$bench/measure/peer.sh" end_to_end); fi
row "end to end: webhook in to comment written" "$rate/s" "12000/s" "$(holds "$rate >= 12000")" "${peer%% *}${peer:+/s}"
row "end to end: processor time an event, Hookline" "$cpu_us us" "under 100 us" "$(holds "$cpu_us < 100")" "${peer##* }${peer:+ us}"
row "end to end: processor time an event, Redis" "$redis_us us" "" ""
