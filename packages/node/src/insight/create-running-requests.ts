import { randomUUID } from 'node:crypto';
import type { RunningRequest } from '@claude-code-api/gateway';
import type { RequestStats } from './stats.ts';

/** What runs now, and what ends it. */
export interface RunningRequests {
  /** It gives what is to be called at the request's end. */
  add(running: RunningRequest): () => void;
  /** It gives whether there was one of this id. */
  cancel(id: string): boolean;
  /** The requests that have run the longest, as `/stats` tells them. */
  list(): RequestStats[];
}

/** A server can have more in its queue than anyone reads. */
const mostListed = 100;

export function createRunningRequests(): RunningRequests {
  /** By ids that no other server of the same name gives: whoever cancels one there ends no other here. */
  const requests = new Map<string, RunningRequest & { readonly startedAtMs: number }>();
  return {
    add(running) {
      const id = randomUUID();
      requests.set(id, { ...running, startedAtMs: performance.now() });
      return () => void requests.delete(id);
    },
    cancel(id) {
      const found = requests.get(id);
      found?.cancel();
      return requests.delete(id);
    },
    list: () =>
      Array.from(requests)
        .slice(0, mostListed)
        .map(([id, { requestId, route, caller, model, profile, streamed, startedAtMs }]) => ({
          id,
          request_id: requestId,
          route,
          key: caller,
          model: model ?? '',
          profile: profile ?? '',
          streamed,
          running_ms: Math.round(performance.now() - startedAtMs),
        })),
  };
}
