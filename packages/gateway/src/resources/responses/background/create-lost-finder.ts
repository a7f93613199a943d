import { toLostResponse } from '../../../dialects/responses/reply/to-lost-response.ts';
import { GatewayError } from '../../../gateway-error.ts';
import type { ResponseStore } from '../../../ports/response-store.ts';
import { isRunning } from './is-running.ts';
import { sleep } from './sleep.ts';

/** A server that Redis was away from takes so long to say that it is still there. */
const lostAfterMs = 3000;

/**
 * Makes what ends a response, as failed, that is said to run and is not run by anyone.
 *
 * @returns Whether something may have become of it.
 */
export function createLostFinder(store: ResponseStore): (tenant: string, id: string) => Promise<boolean> {
  /** Whether someone runs it, who may only be slow to say so. */
  async function isHeld(tenant: string, id: string): Promise<boolean> {
    const giveBack = await store.hold(tenant, id);
    await giveBack?.();
    return giveBack === undefined;
  }

  return async (tenant, id) => {
    if (await isHeld(tenant, id)) return false;
    await sleep(lostAfterMs);
    const giveBack = await store.hold(tenant, id);
    if (giveBack === undefined) return false;
    try {
      const found = await store.read(tenant, id);
      if (!isRunning(found)) return true;
      const { eventCount: after, state } = found.background;
      await store.update(tenant, id, { ...toLostResponse(found.told, after, state === 'cancelling'), isRunning: false, after });
    } catch (error) {
      if (!GatewayError.isInstance(error) || error.status !== 413) throw error;
      // There is no room to say so.
      await store.delete(tenant, id);
    } finally {
      await giveBack();
    }
    return true;
  };
}
