// worker.js - carries jobs out: each posts one comment, as Hookline's post_comment does, and is tried again with longer
// and longer waits when the API is busy or away.
//
//   node worker.js --redis-url redis://127.0.0.1:6379 --base-url http://127.0.0.1:9090
// SPDX-License-Identifier: Apache-2.0
'use strict';

const { createHash } = require('node:crypto');
const { UnrecoverableError, Worker } = require('bullmq');
const { Pool } = require('undici');
const { QUEUE_NAME, readOptions, connect, stopWith } = require('./common.js');

const TIMEOUT_MS = 30000;

// The last line is Hookline's marker, by which a person, or a later attempt, knows the comment.
function commentOf(job) {
  const { application_id: id, text } = job.data.data;
  const ref = createHash('sha256').update(job.id).digest('hex').slice(0, 12);

  return JSON.stringify({
    data: {
      type: 'comments',
      attributes: { body_text: `${text}\n[ref ${ref}]` },
      relationships: { commentable: { data: { type: 'applications', id: String(id) } } },
    },
  });
}

// What is thrown is tried again, but for a refusal, which would be refused again.
function judge(status) {
  if (status >= 200 && status < 300) {
    return;
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429) {
    throw new UnrecoverableError(`refused with ${status}`);
  }
  throw new Error(`answered ${status}`);
}

function makeProcessor(pool, apiKey) {
  const headers = {
    'X-API-KEY': apiKey,
    Accept: 'application/vnd.api+json',
    'Content-Type': 'application/vnd.api+json',
  };

  return async (job) => {
    const response = await pool.request({ method: 'POST', path: '/api/v1/comments', headers, body: commentOf(job) });
    const text = await response.body.text(); // read to its end, so that the connection can be used again

    judge(response.statusCode);
    return { comment: JSON.parse(text).data.id };
  };
}

async function main() {
  const options = readOptions({
    'redis-url': undefined,
    'base-url': undefined,
    'api-key': 'bench-key',
    concurrency: 50,
  });
  const connection = connect(options['redis-url']);
  const pool = new Pool(options['base-url'], {
    connections: options.concurrency,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const worker = new Worker(QUEUE_NAME, makeProcessor(pool, options['api-key']), {
    connection,
    concurrency: options.concurrency,
  });

  worker.on('error', (error) => console.error(`worker: ${error.message}`));
  await worker.waitUntilReady();
  console.log('ready');
  stopWith(async () => {
    await worker.close();
    await pool.close();
    connection.disconnect();
  });
}

main();
