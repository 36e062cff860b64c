#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes a C table of the files in a folder: embed.sh TABLE FOLDER [CRASH_POINTS]  (see base/embedded.h)
# A line "--@crash NAME" of a Lua script is left out. With CRASH_POINTS it becomes code that never ends while somebody
# has subscribed to {tag}:crash:NAME, so that redis-server can be killed in the middle of the script: a subscription
# ends with the server, and so cannot be met twice.
set -eu
table=$1
folder=$2
endless="if redis.call('PUBSUB', 'NUMSUB', KEYS[1] .. 'crash:\\1')[2] > 0 then while true do end end"
crash_points=${3:+"s/--@crash \\(.*\\)\$/$endless/"}
printf '#include "base/embedded.h"\n\n'
n=0
rows=
text() {
    case $1 in
    *.lua) sed "${crash_points:-/--@crash /d}" "$1" ;;
    *) cat "$1" ;;
    esac
}
for file in "$folder"/*; do
    [ -f "$file" ] || continue
    printf 'static const unsigned char file_%d[] = {\n' "$n"
    text "$file" | od -An -v -tx1 | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0x00};\n\n'
    rows="$rows    {\"$(basename "$file")\", (const char *)file_$n, sizeof(file_$n) - 1},
"
    n=$((n + 1))
done
printf 'const struct embedded %s[] = {\n%s    {0},\n};\n' "$table" "$rows"
