#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Puts the peer into DIRECTORY (build/peers/bullmq), ready to run: its programs, and the packages of package.json.
# What is installed already is left alone. Nothing is written into the source tree.
set -eu

directory=${1:-build/peers/bullmq}
source=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$directory"
cp "$source"/*.js "$directory"
if cmp -s "$source/package.json" "$directory/installed.json"; then
    exit 0
fi
cp "$source/package.json" "$directory"
npm install --prefix "$directory" --no-audit --no-fund --no-package-lock --loglevel=error
cp "$source/package.json" "$directory/installed.json"
