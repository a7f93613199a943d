import type { ConversationStore } from '@claude-code-api/gateway';
import { isRecord } from './is-record.ts';
import type { Reply } from './check-reply.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import type { KnownIds } from './placeholder.ts';

/** What is fuzzed, and what it is known to hold. */
export interface Target {
  /** Sends a request, and reads the reply to its end. */
  readonly send: (request: FuzzRequest) => Promise<Reply>;
  /** How many turns so far had a reason to fail on the server's side. */
  readonly faults: () => number;
  /** The ids that requests name. */
  readonly ids: KnownIds;
  /** Remembers the ids that a reply tells. */
  learn(reply: Reply): void;
}

export interface TargetOptions {
  readonly send: Target['send'];
  readonly faults: Target['faults'];
  /** The conversations and items of someone whose requests are none of those sent. */
  readonly others: readonly string[];
}

/** So many ids are remembered, the newest ones. */
const memory = 60;

export function createTarget({ send, faults, others }: TargetOptions): Target {
  const own: string[] = [];
  const item: string[] = [];
  const keep = (ids: string[], id: unknown): void => {
    if (typeof id !== 'string' || ids.includes(id)) return;
    ids.push(id);
    if (ids.length > memory) ids.shift();
  };
  return {
    send,
    faults,
    ids: { own, item, other: others },
    learn({ status, headers, text }) {
      keep(own, headers.get('x-conversation-id') ?? undefined);
      if (status !== 200 || headers.get('content-type')?.startsWith('application/json') !== true) return;
      const body: unknown = JSON.parse(text === '' ? '{}' : text);
      if (!isRecord(body)) return;
      if (body['object'] === 'conversation') keep(own, body['id']);
      const listed = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
      for (const each of listed) if (isRecord(each) && typeof each['type'] === 'string') keep(item, each['id']);
    },
  };
}

/** Someone else's conversation, whose text is the secret; gives its id and those of its items. */
export async function plantSecret(store: ConversationStore, tenant: string, secret: string): Promise<string[]> {
  const id = 'conv_0190000000007000800000000000beef';
  const itemId = 'msg_0190000000007000800000000000beef';
  await store.create(tenant, {
    id,
    metadata: { secret },
    system: secret,
    items: [{ id: itemId, role: 'user', content: [{ type: 'text', text: secret }] }],
  });
  return [id, itemId];
}
