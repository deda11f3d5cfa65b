// One whole story in Node against a running service: a lamp that is out, until the hours are in the ledger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, fetchTransport, Refused } from '../src/index.js';

const baseUrl = process.env.MATCHING_URL;
const password = 'wulingyuan-demo';

test('a lamp is changed', { skip: baseUrl ? false : 'MATCHING_URL names no running service' }, async () => {
  const as = async (username: string) => {
    const client = createClient({ baseUrl: baseUrl!, transport: fetchTransport(), language: 'en' });
    await client.session.signIn({ grant: 'password', username, password });
    return client;
  };
  const anybody = createClient({ baseUrl: baseUrl!, transport: fetchTransport() });
  await anybody.setClock({ at: '2026-05-08T09:00:00+08:00', settle: true });
  const [resident, dispatcher, volunteer] = await Promise.all([as('resident'), as('dispatcher'), as('volunteer')]);

  // 点单
  const menu = await anybody.listMenuItems();
  const lamp = menu.items.find(item => item.code === 'help-light-bulb');
  assert.ok(lamp);
  const wanted = { words: '客厅的灯坏了，够不着。', menuItemId: lamp.id, window: { start: '2026-05-09T14:00:00+08:00', end: '2026-05-09T16:00:00+08:00' } };
  const wish = await resident.submitWish(wanted, { key: 'lamp-of-saturday' });
  assert.equal((await resident.submitWish(wanted, { key: 'lamp-of-saturday' })).id, wish.id, 'the same key is the same wish');
  const orderId = wish.orderIds[0]!;

  // 派单
  const candidates = await dispatcher.listCandidates({ orderId, explain: 'counts' });
  assert.ok(candidates.candidates.length > 0);
  await anybody.setClock({ at: '2026-05-08T09:00:00+08:00', settle: true });
  const offers = await volunteer.listMyOffers({ open: true });
  assert.equal(offers.items.length, 1);

  // 接单
  const accepted = await volunteer.acceptOffer({ offerId: offers.items[0]!.id, note: '周六下午我有空。' });
  const assignmentId = accepted.assignmentIds[0]!;
  const assignment = await volunteer.readAssignment({ assignmentId });
  assert.equal(assignment.orderId, orderId);

  // 服务
  const { serviceCode } = await resident.readServiceCode({ orderId });
  await anybody.setClock({ at: '2026-05-09T14:00:00+08:00', settle: true });
  await volunteer.checkIn({ assignmentId, serviceCode });
  await anybody.setClock({ at: '2026-05-09T14:30:00+08:00', settle: true });
  await volunteer.checkOut({ assignmentId, serviceCode });

  // 评单, 办结
  await resident.confirmOrder({ orderId, how: 'app' });
  await resident.rateAssignment({ assignmentId, score: 5, words: '又快又好，谢谢！' });
  await volunteer.rateAssignment({ assignmentId, score: 5 });
  assert.equal((await resident.readWish({ wishId: wish.id })).state, 'fulfilled');
  const hours = await volunteer.readMyHours();
  assert.equal(hours.items[0]!.minutes, 30);

  // What is refused says why, in the language that was asked for.
  await assert.rejects(volunteer.readWish({ wishId: wish.id }), (problem: unknown) => problem instanceof Refused && /^[\x20-\x7e]+$/.test(problem.problem.detail));

  // A list, page after page, is the list.
  const whole = [];
  for await (const site of anybody.all('listSites', { take: 2 })) {
    whole.push(site.id);
  }

  const atOnce = await anybody.listSites({ take: 100 });
  assert.deepEqual(whole, atOnce.items.map(site => site.id));
  await anybody.setClock({ at: null, settle: false });
});
