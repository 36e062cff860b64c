// signature.js - Standard Webhooks: is this body signed with that secret, and recently?
// SPDX-License-Identifier: Apache-2.0
'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

const TOLERANCE_S = 300;
const PREFIX = 'v1,';

// "whsec_<base64>" as the key's bytes.
function readSecret(secret) {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

function isRecent(timestamp) {
  return /^\d{1,12}$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_S;
}

// body is the raw Buffer. Of several signatures in the header one must be good.
function isSigned(headers, body, key) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];

  if (!id || !timestamp || !signatures || !isRecent(timestamp)) {
    return false;
  }
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const given = signature.startsWith(PREFIX) ? Buffer.from(signature.slice(PREFIX.length), 'base64') : null;

    return given !== null && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

module.exports = { readSecret, isSigned };
