// receiver.js - takes webhooks in: POST /in/bench, signature verified over the raw body, a BullMQ job for each, and
// 202 when Redis has it. A delivery that comes again has the same job id, so BullMQ drops it.
//
//   node receiver.js --port 8081 --redis-url redis://127.0.0.1:6379 --secret whsec_…
// SPDX-License-Identifier: Apache-2.0
'use strict';

const { Queue } = require('bullmq');
const Fastify = require('fastify');
const { QUEUE_NAME, readOptions, connect, stopWith } = require('./common.js');
const { readSecret, isSigned } = require('./signature.js');

const BODY_MAX_BYTES = 1024 * 1024;

// Done jobs are how a delivery that comes again is known, so as many are kept as Hookline keeps.
const JOB_OPTIONS = {
  attempts: 15,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnComplete: { age: 24 * 3600, count: 100000 },
};

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

// BullMQ wants job ids without a colon, and not digits alone.
function jobIdOf(webhookId) {
  return `w-${webhookId.replaceAll(':', '_')}`;
}

function makeHandler(queue, key) {
  return async (request, reply) => {
    const body = request.body;

    if (!Buffer.isBuffer(body) || !isSigned(request.headers, body, key)) {
      return reply.code(401).send({ error: 'the signature is not good' });
    }
    const event = parse(body);
    if (typeof event?.type !== 'string') {
      return reply.code(400).send({ error: 'not JSON, or no type in it' });
    }
    const jobId = jobIdOf(request.headers['webhook-id']);
    try {
      await queue.add(event.type, event, { jobId });
    } catch {
      return reply.code(503).header('retry-after', '1').send({ error: 'not stored' });
    }
    return reply.code(202).send({ id: jobId });
  };
}

async function main() {
  const options = readOptions({ port: 8081, 'redis-url': undefined, secret: undefined });
  // A request must not wait for a Redis that is away: its sender tries again.
  const connection = connect(options['redis-url'], { maxRetriesPerRequest: 1 });
  const queue = new Queue(QUEUE_NAME, { connection, defaultJobOptions: JOB_OPTIONS });
  const server = Fastify({ logger: false, bodyLimit: BODY_MAX_BYTES });

  queue.on('error', () => {}); // what fails is answered with 503
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  server.post('/in/bench', makeHandler(queue, readSecret(options.secret)));
  await queue.waitUntilReady();
  await server.listen({ host: '127.0.0.1', port: options.port, backlog: 4096 });
  console.log('ready');
  stopWith(async () => {
    await server.close();
    await queue.close();
    connection.disconnect();
  });
}

main();
