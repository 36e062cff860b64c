# SPDX-License-Identifier: Apache-2.0
# What the measures share: a directory, processes that end with the measure, ports, and rows of the table. Sourced by
# bench/measure/*.sh, which bench/run.sh calls; everything a measure starts is ended by its own id when it ends.
# shellcheck shell=bash
set -eu

bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
hookline=${HOOKLINE:-build/gcc/hookline}
programs=$(dirname "$hookline")/bench
peer=$bench/peers/bullmq
secret=whsec_bWVhc3VyZWQgYXQgdGhlIGRlc2ssIGluIHRoZSBtb3JuaW5n
PATH=$PATH:/usr/sbin # where Debian has nginx

directory=$(mktemp -d /tmp/hookline-bench.XXXXXX)
started=()
trap clean_up EXIT
trap 'exit 130' INT TERM

# The last started ends first, and the directory goes when nobody writes to it any more.
clean_up() {
    local i
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        kill "${started[i]}" 2>/dev/null || continue
        wait "${started[i]}" 2>/dev/null || true
    done
    rm -rf "$directory"
}

fail() {
    echo "bench: $*" >&2
    for log in "$directory"/*.log; do
        [ ! -s "$log" ] || { echo "-- $(basename "$log")" >&2; tail -n 5 "$log" >&2; }
    done
    exit 1
}

# Starts a command in the background; its output goes to NAME.log, its pid into $pid.
start() {
    local name=$1
    shift
    "$@" >"$directory/$name.log" 2>&1 &
    pid=$!
    started+=("$pid")
}

stop() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Waits for up to 20 s until a command succeeds.
await() {
    local tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || fail "waited in vain: $*"
        sleep 0.05
    done
}

# A port of loopback on which nobody listens, in $port; each call gives another one.
next_port=$((20000 + $$ % 20000))
free_port() {
    next_port=$((next_port + 1))
    while (: </dev/tcp/127.0.0.1/$next_port) 2>/dev/null; do next_port=$((next_port + 1)); done
    port=$next_port
}

# GET or POST of a path at a port of loopback: the body.
http() {
    local line length=0 body=''
    exec 9<>"/dev/tcp/127.0.0.1/$2" || return 1
    printf '%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n' "$1" "$3" >&9
    while IFS= read -r -t 5 line <&9 && [ "$line" != $'\r' ]; do
        case $line in [Cc]ontent-[Ll]ength:*) length=$(printf '%s' "${line#*:}" | tr -d ' \r') ;; esac
    done
    IFS= read -r -t 5 -N "$length" body <&9
    exec 9>&-
    printf '%s\n' "$body"
}

# The number called NAME in one line of JSON, the first one; 0 when there is none.
number() {
    local found
    found=$(grep -o "\"$1\":-\{0,1\}[0-9.]*" | head -n 1)
    echo "${found##*:}" | sed 's/^$/0/'
}

calculate() { awk "BEGIN { printf \"$1\", $2 }"; }
is_true() { awk "BEGIN { exit !($1) }"; }

# Processor time of processes so far, in milliseconds; a process that has ended counts nothing.
cpu_ms() {
    local pid ticks=0 stat
    for pid; do
        stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
        # shellcheck disable=SC2086 # the numbers behind the name
        set -- ${stat##*) }
        ticks=$((ticks + ${12} + ${13}))
    done
    echo $((ticks * 1000 / $(getconf CLK_TCK)))
}

# A process and its children whose name is hookline.
family() {
    local child
    echo "$1"
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
        grep -q '^hookline$' "/proc/$child/comm" 2>/dev/null && echo "$child"
    done
    return 0
}

# The children of a process whose command line has a word.
children() {
    local child
    for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
        tr '\0' ' ' <"/proc/$child/cmdline" 2>/dev/null | grep -q -- "$2" && echo "$child"
    done
    return 0
}

# VmRSS or VmHWM (the most it ever was) of processes, in KiB, summed up.
memory_kb() {
    local field=$1
    shift
    cat $(printf '/proc/%s/status ' "$@") 2>/dev/null | awk -v field="$field:" '$1 == field { sum += $2 } END { print sum + 0 }'
}

# What processes take together, in KiB: a page that several share counts in parts (PSS).
share_kb() {
    cat $(printf '/proc/%s/smaps_rollup ' "$@") 2>/dev/null | awk '$1 == "Pss:" { sum += $2 } END { print sum + 0 }'
}

# Starts nginx as Pinpoint; its port is in $answer_port.
start_answer() {
    free_port
    answer_port=$port
    start answer sh "$bench/answer/start.sh" "$answer_port" "$directory/answer"
    answer_pid=$pid
    await http GET "$answer_port" /bench/count
}

# Puts into $written what nginx has answered so far, without those who ask for this number. Not in a subshell.
asked=1 # by start_answer
answered() {
    asked=$((asked + 1))
    written=$(($(http GET "$answer_port" /bench/count | awk 'NR == 3 { print $3 }') - asked))
}

# Starts bench/answerer.c with these options; its port is in $answer_port.
start_answerer() {
    free_port
    answer_port=$port
    start "answerer-$port" "$programs/answerer" --listen "127.0.0.1:$answer_port" "$@"
    await http GET "$answer_port" /bench/count
}

# Writes hookline.json for an account at each of these ports ("a1", "a2", …, or $name), each with a source of the same
# name. $fsync, $processes and $in_flight are looked at; the receiver's port is in $receiver_port.
configure() {
    local n=0 accounts='' sources='' account
    for account_port; do
        n=$((n + 1))
        account=${name:-a$n}
        accounts="$accounts${accounts:+,}\"$account\": {\"base_url\": \"http://127.0.0.1:$account_port\",
            \"api_key\": \"measured\", \"limits\": {\"requests_per_second\": 0}}"
        sources="$sources${sources:+,}\"$account\": {\"account\": \"$account\",
            \"verify\": {\"scheme\": \"standard-webhooks\", \"secrets\": [\"$secret\"]},
            \"event\": {\"type\": \".type\", \"order_by\": \".data.application_id\"},
            \"rules\": [{\"on\": \"bench.event\", \"do\": [{\"post_comment\": {
                \"application\": \"{{.data.application_id}}\", \"text\": \"{{.data.marker}} {{.data.text}}\"}}]}]}"
    done
    free_port
    receiver_port=$port
    cat >"$directory/hookline.json" <<END
{"redis": {"appendfsync": "${fsync:-everysec}", "data_dir": "$directory/data"},
 "receiver": {"listen": "127.0.0.1:$receiver_port"},
 "workers": {"processes": ${processes:-2}, "in_flight": ${in_flight:-64}},
 "log": {"level": "error"},
 "accounts": {$accounts}, "sources": {$sources}}
END
    export HOOKLINE_CONFIG=$directory/hookline.json
}

# Starts hookline serve; its pid is in $serve.
start_serve() {
    start serve "$hookline" serve
    serve=$pid
    await "$hookline" check --ready "http://127.0.0.1:$receiver_port"
    await "$hookline" status --quiet
}

# Sends events from account NAME's source, with these options; prints the result as one line of JSON.
load() {
    local name=$1 account_port=$2
    shift 2
    "$hookline" bench --source "$name" --allow-base-url "http://127.0.0.1:$account_port" --json "$@" "$bench/event.json"
}

# A row of the table: measure, result, aim, whether it holds ("yes", "no", "" for no aim), the peer's figure.
row() { printf '%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "$4" "${5:-}" >&3; }

# "yes" when an awk condition holds, else "no".
holds() { if is_true "$1"; then echo yes; else echo no; fi; }

has_peer() { [ -n "${PEER:-}" ]; }
