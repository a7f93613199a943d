import type { NewResponse, ResponseStore } from '../ports/response-store.ts';
import { backgroundChecks } from './response-store/background-checks.ts';
import { mustEqual } from './response-store/must-equal.ts';
import type { ContractCheck } from './runner-contract.ts';

/** How the contract makes the stores that it checks. */
export interface ResponseStoreContractOptions {
  /** Makes so many stores that keep in one place, in which nothing is kept yet. */
  readonly create: (count: number, options: { readonly ttlMs?: number }) => Promise<readonly ResponseStore[]>;
  /** How many stores of one place there can be. */
  readonly sharing: number;
}

const ended: NewResponse = {
  id: 'resp_1',
  told: { id: 'resp_1', status: 'completed', output: [{ text: 'hi', __odd: null }] },
  position: { conversation: 'conv_1', lastItem: 'msg_1' },
  input: [{ type: 'message', role: 'user', content: 'one' }, { type: 'x' }],
};
const failed: NewResponse = { id: 'resp_2', told: { status: 'failed' }, input: [] };

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
    ...backgroundChecks(check),
    check('a response is read as it was stored, by any server', async (store, other) => {
      await store.create('me', ended);
      const { input, ...response } = ended;
      mustEqual(await other.read('me', 'resp_1'), response);
      mustEqual(await other.readInput('me', 'resp_1'), input);
      mustEqual(await other.readEvents('me', 'resp_1', 0), []);
    }),
    check('one that has failed is read without a place and without input', async (store, other) => {
      await store.create('me', failed);
      mustEqual(await other.read('me', 'resp_2'), { id: 'resp_2', told: failed.told });
      mustEqual(await other.readInput('me', 'resp_2'), []);
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
        mustEqual(await store.update(tenant, id, { told: {}, isRunning: true, events: [], after: 0 }), undefined);
        mustEqual(await store.cancel(tenant, id), false);
        mustEqual(await store.delete(tenant, id), false);
      }
      mustEqual((await store.read('me', 'resp_1'))?.told, ended.told);
    }),
    check('one that is deleted is gone, for any server', async (store, other) => {
      await store.create('me', ended);
      mustEqual(await store.delete('me', 'resp_1'), true);
      mustEqual(await other.read('me', 'resp_1'), undefined);
      mustEqual(await other.readInput('me', 'resp_1'), undefined);
      mustEqual(await other.delete('me', 'resp_1'), false);
    }),
    check('of several that delete it at once, one has', async (store, other) => {
      await store.create('me', ended);
      const deleted = await Promise.all([store, other, store, other].map((each) => each.delete('me', 'resp_1')));
      mustEqual(
        deleted.filter(Boolean).map(() => 'one'),
        ['one'],
      );
    }),
    check(
      'one that has expired is gone',
      async (store) => {
        await store.create('me', ended);
        await new Promise((resolve) => setTimeout(resolve, 80));
        mustEqual(await store.read('me', 'resp_1'), undefined);
        mustEqual(await store.readInput('me', 'resp_1'), undefined);
        mustEqual(await store.delete('me', 'resp_1'), false);
      },
      { ttlMs: 40 },
    ),
  ];
}
