#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The queue alone: what storing, claiming and settling cost Redis, and what a waiting event takes.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-200000}

"$programs/queue" "$events" 100 50 >"$directory/queue.txt" 2>"$directory/queue.log" || fail "bench/queue failed"
value() { awk -v phase="$1" -v name="$2" '$1 == phase { for (i = 2; i < NF; i += 2) if ($i == name) print $(i + 1) }' "$directory/queue.txt"; }

all_us=$(calculate %.1f "$(value store script_us) + $(value run script_us)")
core=$(calculate %d "1e6 / $(value run cpu_us)")
bytes=$(calculate %d "$(value store bytes) - 512")
peer_rate=
if has_peer; then peer_rate=$("$bench/measure/peer.sh" queue); fi
row "queue: stored, one client" "$(value store per_second)/s" "" "" "${peer_rate%% *}${peer_rate:+/s}"
row "queue: claimed and settled, one client" "$(value run per_second)/s" "" "" "${peer_rate##* }${peer_rate:+/s}"
row "queue: claimed and settled, a Redis core" "$core/s" "40000/s" "$(holds "$core >= 40000")"
row "queue: Redis time an event in all" "$all_us us" "under 30 us" "$(holds "$all_us < 30")"
row "queue: a waiting event beside its payload" "$bytes bytes" "under 250 bytes" "$(holds "$bytes < 250")"
