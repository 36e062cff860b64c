// queue.js - what the queue does alone: stores jobs that do nothing, then works them off, and prints jobs a second.
//
//   node queue.js --redis-url redis://127.0.0.1:6379 --jobs 100000
// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Queue, Worker } = require('bullmq');
const { readOptions, connect } = require('./common.js');

const QUEUE_NAME = 'bench-queue';
const DATA = { type: 'note', data: { application_id: '1', text: 'x'.repeat(400) } };

function perSecond(count, startedMs) {
  return Math.round((count * 1000) / (performance.now() - startedMs));
}

async function store(queue, jobs, batch) {
  const startedMs = performance.now();

  for (let stored = 0; stored < jobs; stored += batch) {
    const count = Math.min(batch, jobs - stored);

    await queue.addBulk(Array.from({ length: count }, () => ({ name: 'note', data: DATA })));
  }
  return perSecond(jobs, startedMs);
}

async function consume(connection, jobs, concurrency) {
  const startedMs = performance.now();
  let done = 0;

  await new Promise((resolve) => {
    const worker = new Worker(QUEUE_NAME, async () => {}, { connection, concurrency });

    worker.on('completed', () => {
      if (++done === jobs) {
        resolve(worker.close());
      }
    });
  });
  return perSecond(jobs, startedMs);
}

async function main() {
  const options = readOptions({ 'redis-url': undefined, jobs: 50000, concurrency: 50, batch: 1000 });
  const connection = connect(options['redis-url']);
  const queue = new Queue(QUEUE_NAME, { connection, defaultJobOptions: { removeOnComplete: true } });

  console.log(`stored ${await store(queue, options.jobs, options.batch)} jobs/s`);
  console.log(`consumed ${await consume(connection, options.jobs, options.concurrency)} jobs/s`);
  await queue.obliterate({ force: true });
  await queue.close();
  connection.disconnect();
}

main();
