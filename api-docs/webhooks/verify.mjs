// Is this delivery from Matching, fresh, and not one that was taken before? Node 18 and later, nothing to install.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const tolerance = 300; // seconds, both ways

/** Answer 400. Its message is forged, late or malformed. */
export class Refused extends Error {}

/**
 * True: take it, and keep its webhook-id in the transaction in which you do. False: you have it already; answer 200 and do nothing.
 * secrets: every whsec_… that holds, two of them while one is being changed; headers: names in small letters, as Node has them; body: a Buffer of the bytes
 * as they came, before anything reads them; seen: says of a webhook-id whether you have taken it.
 */
export function verify(secrets, headers, body, seen, now = Date.now() / 1000) {
  const id = headers['webhook-id'] ?? '';
  const stamp = headers['webhook-timestamp'] ?? '';
  if (id === '' || !/^\d{1,12}$/.test(stamp)) {
    throw new Refused('malformed');
  }

  const expected = secrets.map(secret => createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(`${id}.${stamp}.`).update(body).digest());
  const sent = (headers['webhook-signature'] ?? '').split(' ').filter(one => one.startsWith('v1,')).map(one => Buffer.from(one.slice('v1,'.length), 'base64'));
  if (!sent.some(theirs => expected.some(mine => mine.length === theirs.length && timingSafeEqual(mine, theirs)))) {
    throw new Refused('forged');
  }

  if (Math.abs(now - Number(stamp)) > tolerance) {
    throw new Refused('late');
  }

  return !seen(id);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const taken = new Set();
  for (const line of readFileSync(argv[2], 'utf8').trimEnd().split('\n').slice(1)) {
    const [name, now, secrets, id, stamp, signature, body] = line.split('\t');
    let verdict;
    try {
      const headers = { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signature };
      verdict = verify(secrets.split(' '), headers, Buffer.from(body, 'base64'), one => taken.has(one), Number(now)) ? 'taken' : 'again';
      taken.add(id);
    } catch (why) {
      verdict = why.message;
    }

    console.log(`${name}\t${verdict}`);
  }
}
