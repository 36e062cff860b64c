#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of a worker while its write is in flight, five times: how long until that event's write comes again.
. "$(dirname "$0")/../lib.sh"
worst=0

is_written() { [ "$(http GET "$answer_port" /bench/stats | number count)" -ge 1 ]; }
came_again() { [ "$(http GET "$answer_port" /bench/again | number last_again_ms)" -gt 0 ]; }

for _ in 1 2 3 4 5; do
    start_answerer --hold 1
    answerer=$pid
    processes=1 configure "$answer_port"
    start_serve
    load a1 "$answer_port" --events 1 >/dev/null
    await is_written
    killed_ms=$(($(date +%s%N) / 1000000))
    kill -9 "$(children "$serve" ' worker')"
    await came_again
    took=$(($(http GET "$answer_port" /bench/again | number last_again_ms) - killed_ms))
    [ "$took" -le "$worst" ] || worst=$took
    stop "$serve"
    stop "$answerer"
    rm -rf "$directory/data"
done
row "recovery: kill -9 to the event running again, worst of 5" "$worst ms" "under 1 s" "$(holds "$worst < 1000")"
