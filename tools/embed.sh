#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes a C table of the files in a folder: embed.sh TABLE FOLDER  (see base/embedded.h)
set -eu
table=$1
folder=$2
printf '#include "base/embedded.h"\n\n'
n=0
rows=
for file in "$folder"/*; do
    [ -f "$file" ] || continue
    printf 'static const unsigned char file_%d[] = {\n' "$n"
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0x00};\n\n'
    rows="$rows    {\"$(basename "$file")\", (const char *)file_$n, sizeof(file_$n) - 1},
"
    n=$((n + 1))
done
printf 'const struct embedded %s[] = {\n%s    {0},\n};\n' "$table" "$rows"
