#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts the answering machine of the measurements: nginx in the foreground, as this very process, on 127.0.0.1:PORT.
# All it writes is in DIRECTORY. It is ready when GET /bench/count answers, and SIGTERM ends it.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: ${0##*/} PORT DIRECTORY" >&2
    exit 2
fi
case $1 in
    '' | *[!0-9]*) echo "${0##*/}: not a port: $1" >&2; exit 2 ;;
esac

mkdir -p "$2"
directory=$(cd "$2" && pwd)
sed -e "s|@PORT@|$1|g" -e "s|@DIRECTORY@|$directory|g" "$(dirname "$0")/nginx.conf.in" >"$directory/nginx.conf"

PATH=$PATH:/usr/sbin:/usr/local/sbin
ulimit -n "$(ulimit -H -n)" 2>/dev/null || :
exec nginx -p "$directory" -c "$directory/nginx.conf" -e "$directory/error.log"
