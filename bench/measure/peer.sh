#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same job done with BullMQ (bench/peers/bullmq), for the measure that calls this: prints its figures, separated by
# blanks. peer.sh ingest|queue|end_to_end|memory
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2086 # $workers is a list
modules=build/peers/bullmq
socket=$directory/redis.sock

# With the append-only file that Hookline's has in the same measure, or without.
start_redis() {
    mkdir -p "$directory/peer"
    start peer-redis redis-server --port 0 --unixsocket "$socket" --dir "$directory/peer" \
        --save '' --appendonly "$1" --appendfsync everysec
    await redis-cli -s "$socket" ping
}
start_receiver() {
    free_port
    receiver_port=$port
    start peer-receiver node "$modules/receiver.js" --port "$receiver_port" --redis-url "unix://$socket" --secret "$secret"
    receiver=$pid
    await grep -q ready "$directory/peer-receiver.log"
}
# Two, as Hookline has.
start_workers() {
    local n
    start_answer
    workers=
    for n in 1 2; do
        start "peer-worker-$n" node "$modules/worker.js" --redis-url "unix://$socket" --base-url "http://127.0.0.1:$answer_port"
        workers="$workers $pid"
        await grep -q ready "$directory/peer-worker-$n.log"
    done
}
# Sends so many events; the account is in the configuration only, nobody asks it.
send() {
    load bench 1 --url "http://127.0.0.1:$receiver_port" --events "$1"
}
is_written() { answered && [ $((written - had)) -ge "$1" ]; }

# The peer's path is /in/bench.
name=bench configure 1
if [ "$1" = queue ]; then start_redis no; else start_redis yes; fi

case $1 in
    ingest)
        start_receiver
        send 5000 >/dev/null
        send 30000 | number per_second
        ;;
    queue)
        node "$modules/queue.js" --redis-url "unix://$socket" --jobs 50000 | awk '{ print $2 }' | paste -s -d ' '
        ;;
    end_to_end)
        start_receiver
        start_workers
        answered
        had=$written
        send 1000 >/dev/null
        await is_written 1000
        before=$(cpu_ms "$receiver" $workers)
        answered
        had=$written
        began_ms=$(($(date +%s%N) / 1000000))
        send 20000 >/dev/null
        await is_written 20000
        took_ms=$(($(date +%s%N) / 1000000 - began_ms))
        echo "$(calculate %d "20000 * 1000 / $took_ms") $(calculate %.1f "($(cpu_ms "$receiver" $workers) - $before) * 1000 / 20000")"
        ;;
    memory)
        start_receiver
        start_workers
        answered
        had=$written
        send 20000 >/dev/null
        await is_written 20000
        echo "$(memory_kb VmRSS "$receiver" $workers) $(share_kb "$receiver" $workers)"
        ;;
esac
