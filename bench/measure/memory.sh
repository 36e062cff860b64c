#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Resident memory of each process, idle and after 100,000 events.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-100000}

# The largest of the processes, and all: "11.9 28.1", in KiB.
resident() {
    local pid
    for pid in $(family "$serve"); do memory_kb VmRSS "$pid"; done | awk '$1 > most { most = $1 } { sum += $1 } END { print most, sum }'
}
mib() { calculate %.1f "$1 / 1024"; }

start_answer
configure "$answer_port"
start_serve
load a1 "$answer_port" --events 100 --wait >/dev/null
sleep 2
read -r idle idle_all < <(resident)
load a1 "$answer_port" --events "$events" --wait >/dev/null
read -r first first_all < <(resident)
load a1 "$answer_port" --events "$events" --wait >/dev/null
read -r after after_all < <(resident)
# shellcheck disable=SC2046 # a list
share=$(share_kb $(family "$serve"))
peer_kb=
if has_peer; then peer_kb=$("$bench/measure/peer.sh" memory); fi
row "memory: largest process, idle" "$(mib "$idle") MiB" "under 12 MiB" "$(holds "$idle < 12 * 1024")"
row "memory: largest process, after $((2 * events)) events" "$(mib "$after") MiB" "under 12 MiB" "$(holds "$after < 12 * 1024")"
row "memory: all processes, idle, after $events, after as many again" "$(mib "$idle_all"), $(mib "$first_all"), $(mib "$after_all") MiB" \
    "no growth" "$(holds "$after_all <= $first_all * 1.02")" "${peer_kb:+$(mib "${peer_kb%% *}") MiB}"
row "memory: all processes, shared pages counted once" "$(mib "$share") MiB" "" "" "${peer_kb:+$(mib "${peer_kb##* }") MiB}"
