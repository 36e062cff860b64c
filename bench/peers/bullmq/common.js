// common.js - what the three programs share: options, the connection to Redis, stopping cleanly.
// SPDX-License-Identifier: Apache-2.0
'use strict';

const { parseArgs } = require('node:util');
const Redis = require('ioredis').default;

const QUEUE_NAME = 'bench';

// Every option is a text or, where its default is a number, a number; --redis-url may also stand in $REDIS_URL.
function readOptions(defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ options });

  for (const [name, otherwise] of Object.entries(defaults)) {
    const text = values[name] ?? process.env[name.toUpperCase().replaceAll('-', '_')];
    const value = typeof otherwise === 'number' && text !== undefined ? Number(text) : text ?? otherwise;

    if (value === undefined || Number.isNaN(value)) {
      process.stderr.write(`--${name}: ${text === undefined ? 'is needed' : 'expected a number'}\n`);
      process.exit(2);
    }
    values[name] = value;
  }
  return values;
}

// url: "redis://127.0.0.1:6379" or "unix:///run/redis.sock".
function connect(url, options) {
  const path = url.startsWith('unix://') ? url.slice('unix://'.length) : url;

  return new Redis(path, { maxRetriesPerRequest: null, ...options });
}

// Calls close once, on SIGTERM or SIGINT, and ends when it is through.
function stopWith(close) {
  const stop = async () => {
    await close();
    process.exit(0);
  };

  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

module.exports = { QUEUE_NAME, readOptions, connect, stopWith };
