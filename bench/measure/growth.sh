#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What 20,000 events cost Redis on top of more and more that wait, and over more and more accounts.
. "$(dirname "$0")/../lib.sh"
events=${EVENTS:-20000}

# Script time of storing and running an event: accounts, lanes of each, events that wait.
cost() {
    "$programs/queue" "$events" "$1" "$2" "$3" 2>"$directory/queue.log" | awk '{ sum += $3 } END { print sum }'
}

# The worst of the costs as a multiple of the first; the costs in $costs.
spread() {
    costs=$*
    printf '%s\n' "$@" | awk 'NR == 1 { first = $1 } $1 > most { most = $1 } END { printf "%.2f", most / first }'
}

waiting=$(for n in 1000 10000 100000 1000000; do cost 100 50 "$n"; done)
# shellcheck disable=SC2086 # lists
row "growth: 1k, 10k, 100k, 1M waiting" "$(echo $waiting) us" "within 1.5 x" "$(holds "$(spread $waiting) <= 1.5")"
# The number of lanes is the same.
accounts=$(cost 1 10000 0; cost 100 100 0; cost 10000 1 0)
# shellcheck disable=SC2086
row "growth: 1, 100, 10,000 accounts" "$(echo $accounts) us" "within 1.5 x" "$(holds "$(spread $accounts) <= 1.5")"
