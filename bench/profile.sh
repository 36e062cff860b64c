#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes where the time goes, end to end, to build/bench/profile/: a text for the receiver, a worker and Redis. With perf
# where it works, else with callgrind (which counts instructions of the programs, not the kernel's time).
. "$(dirname "$0")/lib.sh"
out=build/bench/profile
mkdir -p "$out"
rm -f "$out"/*

# One line a function, the costliest first; then the same with who called it.
with_perf() {
    local seconds=6 name of
    configure "$answer_port"
    start_serve
    load a1 "$answer_port" --events 1000 --wait >/dev/null
    for name in receiver worker redis-server; do
        of=$(children "$serve" "$name" | head -n 1)
        start "perf-$name" perf record -q -g -o "$directory/$name.data" -p "$of" -- sleep "$seconds"
    done
    load a1 "$answer_port" --events 60000 --wait
    wait "${started[@]: -3}" 2>/dev/null || true
    for name in receiver worker redis-server; do
        {
            perf report -i "$directory/$name.data" --no-children -g none --sort dso 2>/dev/null | grep -v '^#' | grep '%'
            echo
            perf report -i "$directory/$name.data" --no-children -g none --sort sym,dso 2>/dev/null | grep -v '^#' | grep '%'
        } >"$out/$name.txt"
        perf report -i "$directory/$name.data" --children -g caller,0.5,callee --stdio 2>/dev/null >"$out/$name-callers.txt"
    done
}

with_callgrind() {
    local name
    mkdir "$directory/data"
    start redis redis-server --port 0 --unixsocket "$directory/redis.sock" --dir "$directory/data" --save ''
    await redis-cli -s "$directory/redis.sock" ping
    configure "$answer_port"
    sed -i "s|\"redis\": {[^}]*}|\"redis\": {\"url\": \"unix://$directory/redis.sock\"}|" "$directory/hookline.json"
    for name in receiver worker; do
        start "$name" valgrind --tool=callgrind --callgrind-out-file="$directory/$name.out" "$hookline" "$name"
    done
    await "$hookline" check --ready "http://127.0.0.1:$receiver_port"
    load a1 "$answer_port" --events 3000 --wait
    for name in "${started[@]: -2}"; do stop "$name"; done
    for name in receiver worker; do
        callgrind_annotate --inclusive=yes "$directory/$name.out" >"$out/$name.txt" 2>/dev/null
    done
}

start_answer
if perf record -q -o "$directory/try" true >/dev/null 2>&1; then with_perf; else with_callgrind; fi
ls "$out"/*.txt
