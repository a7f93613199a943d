import type { RequestRecord } from './request-context.ts';

/** The record of a request of which nothing is known yet. */
export function newRequestRecord(): RequestRecord {
  return {
    model: undefined,
    profile: undefined,
    streamed: false,
    cache: undefined,
    conversation: undefined,
    ignored: [],
    firstTokenAt: undefined,
    underway: new Set(),
    usage: undefined,
    costUsd: undefined,
    upstreamRequestId: undefined,
  };
}
