#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Everything `make lint` checks, each part by its own tool; exits 1 when any of them complains.
#   format      clang-format with .clang-format (skipped, and said so, where it is missing)
#   layers      who may include whom: tools/layers
#   words       calls that are banned, and why
#   length      no function over 40 lines, no file over 450, every file opens with what it is for
#   analysis    clang-tidy and cppcheck with the settings in .clang-tidy and below
set -u
cd "$(dirname "$0")/.."
status=0
mkdir -p build
sources=$(git ls-files --cached --others --exclude-standard '*.c' '*.h' | grep -v '^tools/')

begin() { printf '  lint  %s\n' "$1"; }
have() { command -v "$1" >/dev/null 2>&1 || { printf '  lint  %s is not installed: skipped\n' "$1"; return 1; }; }

begin format
if have clang-format; then
    # shellcheck disable=SC2086
    clang-format --dry-run --Werror $sources 2>&1 | grep -E 'error:' | cut -d: -f1,2 | sort -u >build/lint.out 2>/dev/null
    if [ -s build/lint.out ]; then
        head -20 build/lint.out
        echo 'lint: not in the pinned style: make format'
        status=1
    fi
fi

begin layers
# shellcheck disable=SC2086
awk -f tools/layers.awk tools/layers $(printf '%s\n' $sources | grep -v '^tests/') || status=1

begin words
# shellcheck disable=SC2086
awk -f tools/words.awk $sources || status=1

begin length
# shellcheck disable=SC2086
awk -f tools/length.awk $sources || status=1

flags="-std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DHOOKLINE_VERSION=\\\"0\\\" -I. $(pkg-config --cflags libcurl libcjson hiredis libmicrohttpd libuv libcrypto gumbo)"
units=$(printf '%s\n' "$sources" | grep '\.c$' | grep -v '^tests/')

begin cppcheck
if have cppcheck; then
    # shellcheck disable=SC2086
    cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --include=tools/cppcheck.h -j "$(nproc)" -I. \
        --enable=warning,portability --suppressions-list=tools/cppcheck.txt $units || status=1
fi

begin clang-tidy
if have clang-tidy; then
    # shellcheck disable=SC2086
    printf '%s\n' $units | xargs -P "$(nproc)" -n 8 sh -c 'clang-tidy --quiet "$@" -- '"$flags"' 2>/dev/null' tidy >build/lint.out
    grep -E 'warning:|error:' build/lint.out | sort -u | head -40
    if grep -qE 'warning:|error:' build/lint.out; then status=1; fi
fi

rm -f build/lint.out
[ "$status" -eq 0 ] && echo 'lint: clean'
exit "$status"
