// What the client does when the way to the service is bad: the transport here is a double that loses, delays and refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, inMemory, NoAnswer, Refused, wxTransport, type Heard, type Sent, type SignedIn } from '../src/index.js';

const ok = (body: unknown, headers: Record<string, string> = {}): Heard => ({ status: 200, headers, body: JSON.stringify(body) });
const no = (status: number, code: string, headers: Record<string, string> = {}): Heard =>
  ({ status, headers, body: JSON.stringify({ code, detail: code, status, title: code, type: 'about:blank', traceId: 't' }) });

function against(answers: ((request: Sent) => Heard)[], more: { tokens?: SignedIn } = {}) {
  const sent: Sent[] = [];
  const waited: number[] = [];
  const tokens = inMemory();
  void tokens.write(more.tokens);
  const client = createClient({
    baseUrl: 'http://service/',
    tokens,
    random: () => 0,
    wait: async milliseconds => { waited.push(milliseconds); },
    transport: async request => {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1]!;
      return answer(request);
    },
  });
  return { client, sent, waited, tokens };
}

const lost = (): Heard => { throw new Error('cut'); };

const signedIn = (accessToken: string, minutes: number): SignedIn => ({
  accessToken, refreshToken: `r-${accessToken}`, accountId: 'acc_1', hat: null, hats: [],
  expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(), refreshExpiresAt: new Date(Date.now() + 86_400_000).toISOString(),
});

const wish = { words: '换灯泡', window: { start: '2026-05-09T14:00:00+08:00', end: '2026-05-09T16:00:00+08:00' } };

test('what was not answered is sent again under the same key', async () => {
  const { client, sent, waited } = against([lost, lost, () => ok({ id: 'wsh_1' })]);

  await client.submitWish(wish);

  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(request => request.headers['Idempotency-Key'])).size, 1);
  assert.deepEqual(waited, [125, 250]);
});

test('two calls have two keys', async () => {
  const { client, sent } = against([() => ok({})]);

  await client.submitWish(wish);
  await client.submitWish(wish);

  assert.notEqual(sent[0]!.headers['Idempotency-Key'], sent[1]!.headers['Idempotency-Key']);
});

test('what may not be done twice and has no key is sent once', async () => {
  const { client, sent } = against([lost]);

  await assert.rejects(client.callResident({ assignmentId: 'asg_1' }), NoAnswer);

  assert.equal(sent.length, 1);
});

test('who gives up is told the key with which to ask again', async () => {
  const { client, sent } = against([lost]);

  await assert.rejects(client.submitWish(wish, { key: 'mine' }), (problem: unknown) => problem instanceof NoAnswer && problem.key === 'mine');

  assert.equal(sent.length, 5);
});

test('a service that asks to wait is waited for as long as it says', async () => {
  const { client, waited } = against([() => no(429, 'too_many_requests', { 'retry-after': '7' }), () => ok({ items: [] })]);

  await client.listSites();

  assert.deepEqual(waited, [7000]);
});

test('a no is a no', async () => {
  const { client, sent } = against([() => no(409, 'seat_taken')]);

  await assert.rejects(client.acceptOffer({ offerId: 'off_1' }), (problem: unknown) => problem instanceof Refused && problem.code === 'seat_taken' && problem.status === 409);

  assert.equal(sent.length, 1);
});

test('a token that runs out is renewed first, once for all who ask', async () => {
  const fresh = signedIn('new', 15);
  const { client, sent, tokens } = against([request => (request.url.endsWith('/auth/tokens') ? ok(fresh) : ok({ items: [] }))], { tokens: signedIn('old', 0.1) });

  await Promise.all([client.listMyWishes(), client.listMyWishes(), client.listMyNotices()]);

  assert.equal(sent.filter(request => request.url.endsWith('/auth/tokens')).length, 1);
  assert.ok(sent.filter(request => !request.url.endsWith('/auth/tokens')).every(request => request.headers.Authorization === 'Bearer new'));
  assert.equal((await tokens.read())?.refreshToken, 'r-new');
});

test('a token that is refused is renewed, and the call goes on', async () => {
  const { client, sent } = against(
    [() => no(401, 'token_invalid'), () => ok(signedIn('new', 15)), () => ok({ id: 'wsh_1' })], { tokens: signedIn('old', 10) });

  await client.submitWish(wish);

  assert.deepEqual(sent.map(request => request.headers.Authorization), ['Bearer old', undefined, 'Bearer new']);
  assert.equal(sent[0]!.headers['Idempotency-Key'], sent[2]!.headers['Idempotency-Key']);
});

test('a sign-in that is over is forgotten', async () => {
  const { client, tokens } = against([() => no(401, 'token_invalid'), () => no(401, 'refresh_token_invalid')], { tokens: signedIn('old', 10) });

  await assert.rejects(client.listMyWishes(), (problem: unknown) => problem instanceof Refused && problem.code === 'token_invalid');

  assert.equal(await tokens.read(), undefined);
});

test('address, query and body are taken apart', async () => {
  const { client, sent } = against([() => ok({ items: [] })]);

  await client.listWishes({ state: ['submitted', 'triaging'], text: '灯 & 光', take: 10 });
  await client.changeVolunteer({ volunteerId: 'vol_1', radiusM: 3000 }, { ifMatch: 3 });

  assert.equal(sent[0]!.url, `http://service/api/v1/wishes?state=submitted,triaging&text=${encodeURIComponent('灯 & 光')}&take=10`);
  assert.equal(sent[0]!.body, undefined);
  assert.equal(sent[1]!.url, 'http://service/api/v1/volunteers/vol_1');
  assert.deepEqual(JSON.parse(sent[1]!.body!), { radiusM: 3000 });
  assert.equal(sent[1]!.headers['If-Match'], '"v3"');
});

test('what is missing in an address is noticed before anything is sent', async () => {
  const { client, sent } = against([() => ok({})]);

  await assert.rejects(client.readOrder({ orderId: '' }), /orderId is missing/);

  assert.equal(sent.length, 0);
});

test('wx.request is asked in its own way', async () => {
  const seen: { method: string; header: Record<string, string>; data?: string }[] = [];
  const transport = wxTransport({
    request: options => {
      seen.push(options);
      if (seen.length === 1) {
        options.fail({ errMsg: 'request:fail timeout' });
      } else {
        options.success({ statusCode: 200, header: { 'Content-Type': 'application/json' }, data: '{"id":"vol_1"}' });
      }
    },
  });
  const client = createClient({ baseUrl: 'https://service', transport, wait: async () => undefined });

  await client.changeMyVolunteer({ radiusM: 3000 });

  assert.deepEqual(seen.map(request => request.method), ['POST', 'POST']);
  assert.equal(seen[1]!.header['X-HTTP-Method-Override'], 'PATCH');
  assert.equal(seen[1]!.data, '{"radiusM":3000}');
});
