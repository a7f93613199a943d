import type { GatewayError } from '../../../gateway-error.ts';
import type { ResponseStore, StoredResponse } from '../../../ports/response-store.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import type { BackgroundWork } from '../../../responses/background.ts';
import { createWait } from '../../../basics/waiting.ts';
import { isPassing } from './background-errors.ts';
import { sleep } from './sleep.ts';

/** One response that is being made here. */
export interface BackgroundRun {
  /** Its events from one on, as far as they are not stored yet; undefined where some of them are in the store alone. */
  after(from: number): readonly string[] | undefined;
  /** Resolves when there are more events, or its end is stored. */
  changed(): Promise<void>;
  /** As it is to be told now, which may not be stored yet; undefined when only what is stored may be told: that it has ended. */
  told(): JsonObject | undefined;
  /** Ends it as cancelled, or as failed, unless it has ended. */
  end(as: 'cancelled' | GatewayError): void;
  /** Resolves when its end is stored, as far as that can be. It never rejects. */
  readonly ended: Promise<void>;
  /** Resolves when nothing of it runs any more either. It never rejects. */
  readonly over: Promise<void>;
}

export interface BackgroundRunOptions {
  readonly store: Pick<ResponseStore, 'read' | 'update' | 'delete'>;
  /** Whether there is no time to try again what can't be stored now. */
  readonly isClosing: () => boolean;
  /** Called once, when its end is stored, or is given up to be. */
  readonly onEnded: () => Promise<void>;
}

/** How a response ends: by itself, by something that was thrown, cancelled, or since someone else has ended or deleted it. */
type Ending = { readonly texts: readonly string[] } | { readonly thrown: unknown } | 'cancelled' | 'gone';

const storeEveryMs = 500;
/** Who asks for its end later finds that its server has lost it. */
const storeEndWithinMs = 300_000;

/** Makes a response that is stored: its events are stored in batches, and what is wanted of it is looked for there. */
export function startBackgroundRun(work: BackgroundWork, { store, isClosing, onEnded }: BackgroundRunOptions): BackgroundRun {
  const { tenant, id, logger } = work;
  /** Events that are not stored yet. */
  let pending: string[] = [];
  /** The texts of its end. Nobody hears them before they are stored, since whoever hears them may go on with the response, on any server. */
  let last: readonly string[] = [];
  let stored = 0;
  let isOver = false;
  let isDown = false;
  let storing: Promise<void> | undefined;
  let next = createWait<void>();
  const ending = createWait<Ending>();
  const ended = createWait<void>();

  function tell(texts: readonly string[]): void {
    if (isOver || texts.length === 0) return;
    pending.push(...texts);
    wake();
    if (stored === 0) void storeSoFar();
  }

  function wake(): void {
    next.resolve();
    next = createWait();
  }

  async function update(isRunning: boolean): Promise<StoredResponse | undefined> {
    const { length } = pending;
    const events = isRunning ? [...pending] : [...pending, ...last];
    const position = work.position();
    const change = { told: work.told(), isRunning, events, after: stored, ...(!isRunning && position && { position }) };
    const now = await store.update(tenant, id, change);
    pending = pending.slice(length);
    stored += events.length;
    return now;
  }

  async function storeOnce(): Promise<void> {
    try {
      const state = (await (pending.length > 0 ? update(true) : store.read(tenant, id)))?.background?.state ?? 'ended';
      isDown = false;
      if (state !== 'running') ending.resolve(state === 'cancelling' ? 'cancelled' : 'gone');
    } catch (error) {
      if (!isPassing(error)) ending.resolve({ thrown: error });
      else if (!isDown) logger.warn({ error, response: id }, 'a response in the background can not be stored now; it goes on');
      isDown = true;
    }
  }

  /** One at a time. */
  function storeSoFar(): Promise<void> {
    storing ??= storeOnce().finally(() => {
      storing = undefined;
    });
    return storing;
  }

  function endAs(how: Ending): readonly string[] {
    if (how === 'gone') return [];
    if (how === 'cancelled') return work.cancel();
    if ('texts' in how) return how.texts;
    logger.warn({ error: how.thrown, response: id }, 'a response in the background failed');
    return work.fail(how.thrown);
  }

  /** Who asks finds at the worst that it is gone, and never that it runs for ever. */
  async function storeEnd(): Promise<void> {
    const deadline = performance.now() + storeEndWithinMs;
    let isShort = false;
    for (;;) {
      try {
        await update(false);
        return;
      } catch (error) {
        const isGivenUp = isPassing(error) ? isClosing() || performance.now() > deadline : isShort;
        if (isGivenUp) logger.error({ error, response: id }, 'the end of a response in the background can not be stored');
        if (isGivenUp && !isPassing(error)) await store.delete(tenant, id).catch(() => {});
        if (isGivenUp) return;
        if (isPassing(error)) await sleep(storeEveryMs);
        else {
          // There is no room for it. Of what can't be told only the count is kept, by which all else is numbered.
          isShort = true;
          pending = pending.map(() => '');
          last = [...last.map(() => ''), ...work.cutShort(error)];
        }
      }
    }
  }

  async function live(): Promise<void> {
    const timer = setInterval(() => void storeSoFar(), storeEveryMs);
    const running = work.run(tell).then(
      (texts): Ending => ({ texts }),
      (thrown: unknown): Ending => ({ thrown }),
    );
    const how = await Promise.race([running, ending.promise]);
    clearInterval(timer);
    isOver = true;
    try {
      if (typeof how === 'string' || 'thrown' in how) work.stop();
      last = endAs(how);
      await storing;
      if (how !== 'gone') await storeEnd();
    } catch (error) {
      logger.error({ error, response: id }, 'the end of a response in the background can not be told');
    }
    await onEnded();
    wake();
    ended.resolve();
    await running;
  }

  return {
    after: (from) => (from < stored ? undefined : pending.slice(from - stored)),
    changed: () => next.promise,
    told: () => (isOver ? undefined : work.told()),
    end: (as) => ending.resolve(as === 'cancelled' ? as : { thrown: as }),
    over: live(),
    ended: ended.promise,
  };
}
