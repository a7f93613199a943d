import type { NewResponse, ResponseStore } from '../ports/response-store.ts';
import type { ContractCheck } from './runner-contract.ts';

export interface ResponseStoreContractOptions {
  /** Makes so many stores that keep in one place, in which nothing is kept yet. */
  readonly create: (count: number, options: { readonly ttlMs?: number }) => Promise<readonly ResponseStore[]>;
  /** How many stores of one place there can be. */
  readonly sharing: number;
}

const ended: NewResponse = {
  id: 'resp_1',
  told: { id: 'resp_1', status: 'completed', output: [{ text: 'hi', __odd: null }] },
  isRunning: false,
  position: { conversation: 'conv_1', lastItem: 'msg_1' },
  input: [{ type: 'message', role: 'user', content: 'one' }, { type: 'x' }],
};
const running: NewResponse = { id: 'resp_2', told: { status: 'in_progress' }, isRunning: true, input: [], events: ['a', 'b'] };

/** What every `ResponseStore` must do, as checks that throw, for any test framework; see `runnerContract`. */
export function responseStoreContract({ create, sharing }: ResponseStoreContractOptions): ContractCheck[] {
  const check = (
    name: string,
    run: (store: ResponseStore, other: ResponseStore) => Promise<void>,
    options: { readonly ttlMs?: number } = {},
  ): ContractCheck => ({
    name,
    async run() {
      const stores = await create(sharing, options);
      const [store, other = store] = stores;
      if (store === undefined || other === undefined) throw new Error('No store was made.');
      await run(store, other);
    },
  });

  return [
    check('a response is read as it was stored, by any server', async (store, other) => {
      await store.create('me', ended);
      const { input, ...response } = ended;
      mustEqual(await other.read('me', 'resp_1'), { ...response, eventCount: 0 });
      mustEqual(await other.readInput('me', 'resp_1'), input);
      mustEqual(await other.readEvents('me', 'resp_1', 0), []);
    }),
    check('what is not there is undefined, and nobody sees what is of another', async (store) => {
      await store.create('me', ended);
      for (const [tenant, id] of [
        ['them', 'resp_1'],
        ['me', 'resp_3'],
        ['me', 'no/id'],
        ['me', ''],
      ] as const) {
        mustEqual(await store.read(tenant, id), undefined);
        mustEqual(await store.readInput(tenant, id), undefined);
        mustEqual(await store.readEvents(tenant, id, 0), undefined);
        mustEqual(await store.update(tenant, id, { ...running, events: [] }), false);
        mustEqual(await store.delete(tenant, id), false);
      }
      mustEqual((await store.read('me', 'resp_1'))?.told, ended.told);
    }),
    check('one that runs is told anew, with more events, until it has ended', async (store, other) => {
      await store.create('me', running);
      mustEqual(await other.update('me', 'resp_2', { told: { status: 'in_progress' }, isRunning: true, events: ['c', '\n{}'] }), true);
      mustEqual(await store.readEvents('me', 'resp_2', 0), ['a', 'b', 'c', '\n{}']);
      mustEqual(await store.readEvents('me', 'resp_2', 1), ['b', 'c', '\n{}']);
      mustEqual(await store.readEvents('me', 'resp_2', 3), ['\n{}']);
      mustEqual(await store.readEvents('me', 'resp_2', 4), []);
      mustEqual(await store.readEvents('me', 'resp_2', 9), []);
      const { told, position } = ended;
      const last = { told, isRunning: false, ...(position && { position }), events: ['d'] };
      mustEqual(await store.update('me', 'resp_2', last), true);
      mustEqual(await other.update('me', 'resp_2', { told: { status: 'failed' }, isRunning: false, events: ['e'] }), false);
      mustEqual(await other.read('me', 'resp_2'), { id: 'resp_2', told, isRunning: false, position, eventCount: 5 });
      mustEqual(await store.readInput('me', 'resp_2'), []);
    }),
    check('of several that end it at once, one has', async (store, other) => {
      await store.create('me', running);
      const ends = await Promise.all(
        [store, other, store, other].map((each) => each.update('me', 'resp_2', { told: {}, isRunning: false, events: ['z'] })),
      );
      mustEqual(
        ends.filter(Boolean).map(() => 'one'),
        ['one'],
      );
      mustEqual(await store.readEvents('me', 'resp_2', 2), ['z']);
    }),
    check('one that is deleted is gone, also while it runs', async (store, other) => {
      await store.create('me', running);
      mustEqual(await store.delete('me', 'resp_2'), true);
      mustEqual(await other.read('me', 'resp_2'), undefined);
      mustEqual(await store.update('me', 'resp_2', { told: {}, isRunning: true, events: [] }), false);
      mustEqual(await store.delete('me', 'resp_2'), false);
    }),
    check(
      'one that has expired is gone',
      async (store) => {
        await store.create('me', running);
        await new Promise((resolve) => setTimeout(resolve, 80));
        mustEqual(await store.read('me', 'resp_2'), undefined);
        mustEqual(await store.readEvents('me', 'resp_2', 0), undefined);
        mustEqual(await store.update('me', 'resp_2', { told: {}, isRunning: true, events: [] }), false);
        mustEqual(await store.delete('me', 'resp_2'), false);
      },
      { ttlMs: 40 },
    ),
    check('who holds one holds it alone, until it is given back', async (store, other) => {
      const giveBack = await store.hold('me', 'resp_2');
      mustEqual(await other.hold('me', 'resp_2'), undefined);
      const theirs = await other.hold('them', 'resp_2');
      await theirs?.();
      await giveBack?.();
      const again = await other.hold('me', 'resp_2');
      mustEqual(again === undefined, false);
      // To give back twice takes it from nobody.
      await giveBack?.();
      mustEqual(await store.hold('me', 'resp_2'), undefined);
      await again?.();
    }),
  ];
}

function mustEqual(found: unknown, wanted: unknown): void {
  const [one, other] = [found, wanted].map(toSortedJson);
  if (one !== other) throw new Error(`found ${one}, wanted ${other}`);
}

function toSortedJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : each,
    ) ?? 'undefined'
  );
}
