import type { NewResponse, ResponseChange, ResponseStore } from '../../ports/response-store.ts';
import type { ContractCheck } from '../runner-contract.ts';
import { mustEqual } from './must-equal.ts';

type Check = (
  name: string,
  run: (store: ResponseStore, other: ResponseStore) => Promise<void>,
  options?: { readonly ttlMs?: number },
) => ContractCheck;

const id = 'resp_1';
const running: NewResponse = { id, told: { status: 'queued' }, input: [{ type: 'x' }], isRunning: true };
const goesOn = (after: number, ...events: string[]): ResponseChange => ({
  told: { status: 'in_progress' },
  isRunning: true,
  events,
  after,
});
const ends = (status: string, after: number, ...events: string[]): ResponseChange => ({
  told: { status },
  isRunning: false,
  events,
  after,
});
/** Long enough for a change on a busy machine. */
const ttlMs = 2000;
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Checks what becomes of responses in the background, step by step, on any server. */
export function backgroundChecks(check: Check): ContractCheck[] {
  return [
    check('one that runs is told anew, with more events, until it has ended', async (store, other) => {
      await store.create('me', running);
      mustEqual(await other.read('me', id), { id, told: running.told, background: { state: 'running', eventCount: 0 } });
      mustEqual(await other.readEvents('me', id, 0), []);
      await store.update('me', id, goesOn(0, 'a', 'b'));
      const on = { id, told: { status: 'in_progress' }, background: { state: 'running', eventCount: 4 } };
      mustEqual(await other.update('me', id, goesOn(2, 'c', '\n{}')), on);
      mustEqual(await store.update('me', id, goesOn(4)), on);
      for (const [from, events] of Object.entries({ 0: ['a', 'b', 'c', '\n{}'], 1: ['b', 'c', '\n{}'], 3: ['\n{}'], 4: [], 9: [] }))
        mustEqual(await other.readEvents('me', id, Number(from)), events);
      const position = { conversation: 'conv_1', lastItem: 'msg_1' };
      const ended = { id, told: { status: 'completed' }, position, background: { state: 'ended', eventCount: 5 } };
      mustEqual(await store.update('me', id, { ...ends('completed', 4, 'd'), position }), ended);
      mustEqual(await other.update('me', id, ends('failed', 5, 'e')), undefined);
      mustEqual(await other.read('me', id), ended);
      mustEqual(await other.readEvents('me', id, 4), ['d']);
      mustEqual(await store.readInput('me', id), running.input);
    }),
    check('events that are told again are stored once', async (store, other) => {
      await store.create('me', running);
      await store.update('me', id, goesOn(0, 'a', 'b'));
      await other.update('me', id, goesOn(0, 'a', 'b'));
      await store.update('me', id, goesOn(1, 'b', 'c'));
      mustEqual(await other.readEvents('me', id, 0), ['a', 'b', 'c']);
    }),
    check('of several that end it at once, one has', async (store, other) => {
      await store.create('me', running);
      const made = await Promise.all([store, other, store, other].map((each) => each.update('me', id, ends('failed', 0, 'z'))));
      mustEqual(made.filter((each) => each !== undefined).length, 1);
      mustEqual(await store.readEvents('me', id, 0), ['z']);
    }),
    check('whoever runs it hears that it is to end, and no word of that is lost', async (store, other) => {
      await store.create('me', running);
      const [isTold] = await Promise.all([other.cancel('me', id), store.update('me', id, goesOn(0, 'a'))]);
      mustEqual(isTold, true);
      mustEqual((await store.update('me', id, goesOn(1, 'b')))?.background, { state: 'cancelling', eventCount: 2 });
      mustEqual(await other.cancel('me', id), true);
      mustEqual((await store.update('me', id, ends('cancelled', 2)))?.background, { state: 'ended', eventCount: 2 });
      mustEqual(await other.cancel('me', id), false);
    }),
    check('one that has ended is neither changed nor cancelled, nor is one that never ran', async (store) => {
      await store.create('me', { id, told: { status: 'completed' }, input: [] });
      mustEqual(await store.cancel('me', id), false);
      mustEqual(await store.update('me', id, goesOn(0, 'a')), undefined);
      mustEqual(await store.read('me', id), { id, told: { status: 'completed' } });
    }),
    check('one that is deleted while it runs is gone', async (store, other) => {
      await store.create('me', running);
      await store.update('me', id, goesOn(0, 'a'));
      mustEqual(await other.delete('me', id), true);
      mustEqual(await store.update('me', id, goesOn(1, 'b')), undefined);
      mustEqual(await store.readEvents('me', id, 0), undefined);
      mustEqual(await store.cancel('me', id), false);
    }),
    check(
      'it expires after its last change, its events with it',
      async (store) => {
        let changedAt = Date.now();
        await store.create('me', running);
        // Three of these are longer than it is kept.
        for (const [after, event] of ['a', 'b', 'c'].entries()) {
          await sleep(0.4 * ttlMs);
          const began = Date.now();
          const updated = await store.update('me', id, goesOn(after, event));
          // A machine that was too busy tells nothing.
          if (Date.now() - changedAt < ttlMs) mustEqual(updated?.id, id);
          changedAt = began;
        }
        while ((await store.read('me', id)) !== undefined && Date.now() - changedAt < ttlMs + 10_000) await sleep(20);
        mustEqual(await store.read('me', id), undefined);
        mustEqual(await store.readEvents('me', id, 0), undefined);
        mustEqual(await store.update('me', id, goesOn(3, 'd')), undefined);
        mustEqual(await store.cancel('me', id), false);
      },
      { ttlMs },
    ),
    check('who holds one holds it alone, until it is given back', async (store, other) => {
      const giveBack = await store.hold('me', id);
      mustEqual(await other.hold('me', id), undefined);
      const theirs = await other.hold('them', id);
      await theirs?.();
      await giveBack?.();
      const again = await other.hold('me', id);
      mustEqual(again === undefined, false);
      // To give back twice takes it from nobody.
      await giveBack?.();
      mustEqual(await store.hold('me', id), undefined);
      await again?.();
    }),
  ];
}
