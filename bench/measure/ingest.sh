#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Signed deliveries until 202, the account paused so that nothing but taking them in is measured; beside it what
# libmicrohttpd does when it only answers, before and after.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-60000}

bare_rate() {
    load a1 "$answer_port" --url "http://127.0.0.1:$bare_port" --events "$events" | number per_second
}

# Rate and p99 into $rate and $p99_us.
take_in() {
    fsync=$1 configure "$answer_port"
    start_serve
    "$hookline" pause a1 >/dev/null 2>&1
    load a1 "$answer_port" --events 5000 >/dev/null
    local receiver redis before
    receiver=$(children "$serve" ' receiver')
    redis=$(children "$serve" redis-server)
    before="$(cpu_ms $receiver) $(cpu_ms $redis)"
    load a1 "$answer_port" --events "$events" >"$directory/result.json"
    [ "$(number accepted <"$directory/result.json")" -eq "$events" ] || fail "not all were accepted"
    rate=$(number per_second <"$directory/result.json")
    p99_us=$(number answer_p99_us <"$directory/result.json")
    # shellcheck disable=SC2086 # two numbers
    set -- $before
    receiver_us=$(calculate %.1f "($(cpu_ms $receiver) - $1) * 1000 / $events")
    redis_us=$(calculate %.1f "($(cpu_ms $redis) - $2) * 1000 / $events")
    stop "$serve"
    rm -rf "$directory/data"
}

free_port
answer_port=$port # nobody is asked there
configure "$answer_port"
free_port
bare_port=$port
start bare "$programs/bare" "$bare_port"
await http GET "$bare_port" /
before=$(bare_rate)
take_in everysec
everysec=$rate everysec_p99=$p99_us everysec_cpu="receiver $receiver_us us, Redis $redis_us us"
take_in always
always=$rate always_p99=$p99_us
bare=$(calculate %d "($before + $(bare_rate)) / 2")

peer_rate=
if has_peer; then peer_rate=$("$bench/measure/peer.sh" ingest); fi
row "ingest: libmicrohttpd alone, 202 and no more" "$bare/s" "" ""
row "ingest: signed deliveries, fsync everysec" "$everysec/s" "half of that" "$(holds "$everysec >= $bare / 2")" "${peer_rate:+$peer_rate/s}"
row "ingest: its answers, p99" "$(calculate %.1f "$everysec_p99 / 1000") ms" "under 8 ms" "$(holds "$everysec_p99 < 8000")"
row "ingest: processor time an event" "$everysec_cpu" "" ""
row "ingest: fsync always" "$always/s" "2/3 of everysec" "$(holds "$always >= $everysec * 2 / 3")"
row "ingest: its answers, p99" "$(calculate %.1f "$always_p99 / 1000") ms" "under 20 ms" "$(holds "$always_p99 < 20000")"
