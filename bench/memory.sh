#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Resident memory of a running `hookline serve` and of what it has started: sh bench/memory.sh PID
# One line a process, its role and VmRSS in KiB: "serve 9368". Called before and after a load, the lines show what grew.
set -eu
serve=${1:?of which process? sh bench/memory.sh PID}
[ -d "/proc/$serve" ] || { echo "memory.sh: no process $serve" >&2; exit 1; }

# The subcommand that a hookline runs.
role_of() {
    case $(cat "/proc/$1/comm") in
    redis-server) echo redis ;;
    *) tr '\0' '\n' <"/proc/$1/cmdline" | sed -n 2p ;;
    esac
}

for pid in "$serve" $(cat /proc/"$serve"/task/*/children); do
    printf '%s %s\n' "$(role_of "$pid")" "$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")"
done
