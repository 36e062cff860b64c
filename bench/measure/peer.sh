#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same job done with BullMQ (bench/peers/bullmq), for the measure that calls this: prints its figures, separated by
# blanks. peer.sh ingest|queue|end_to_end|memory
. "$(dirname "$0")/../lib.sh"
modules=build/peers/bullmq
socket=$directory/redis.sock

start_redis() {
    mkdir -p "$directory/peer"
    start peer-redis redis-server --port 0 --unixsocket "$socket" --dir "$directory/peer" \
        --save '' --appendonly yes --appendfsync everysec
    await redis-cli -s "$socket" ping
}
start_receiver() {
    free_port
    receiver_port=$port
    start peer-receiver node "$modules/receiver.js" --port "$receiver_port" --redis-url "unix://$socket" --secret "$secret"
    receiver=$pid
    await grep -q ready "$directory/peer-receiver.log"
}
start_worker() {
    start_answer
    start peer-worker node "$modules/worker.js" --redis-url "unix://$socket" --base-url "http://127.0.0.1:$answer_port"
    worker=$pid
    await grep -q ready "$directory/peer-worker.log"
}
# Sends so many events; the account is in the configuration only, nobody asks it.
send() {
    load bench 1 --url "http://127.0.0.1:$receiver_port" --events "$1"
}
is_written() { [ $(($(answered) - written)) -ge "$1" ]; }

# The peer's path is /in/bench.
name=bench configure 1
start_redis

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
        start_worker
        written=$(answered)
        send 1000 >/dev/null
        await is_written 1000
        before=$(cpu_ms "$receiver" "$worker")
        written=$(answered)
        began_ms=$(($(date +%s%N) / 1000000))
        send 20000 >/dev/null
        await is_written 20000
        took_ms=$(($(date +%s%N) / 1000000 - began_ms))
        echo "$(calculate %d "20000 * 1000 / $took_ms") $(calculate %.1f "($(cpu_ms "$receiver" "$worker") - $before) * 1000 / 20000")"
        ;;
    memory)
        start_receiver
        start_worker
        written=$(answered)
        send 20000 >/dev/null
        await is_written 20000
        echo "$(memory_kb VmRSS "$receiver" "$worker") $(share_kb "$receiver" "$worker")"
        ;;
esac
