import type { RecordedMessages } from './recorded-messages.ts';
import type { Reply } from './reply.ts';
import { textReply } from './text-reply.ts';

export interface ReplyScript {
  add(replies: readonly Reply[]): void;
  setDefault(toReply: (request: RecordedMessages) => Reply): void;
  /** Takes the oldest queued reply, or makes a default one. */
  readonly next: (request: RecordedMessages) => Reply;
  reset(): void;
}

const helloWorld = (): Reply => textReply(['Hello', ' wor', 'ld']);

/** Holds what the mock is going to answer. */
export function createReplyScript(): ReplyScript {
  const queue: Reply[] = [];
  let toDefault: (request: RecordedMessages) => Reply = helloWorld;
  return {
    add: (replies) => void queue.push(...replies),
    setDefault: (toReply) => void (toDefault = toReply),
    next: (request) => queue.shift() ?? toDefault(request),
    reset() {
      queue.length = 0;
      toDefault = helloWorld;
    },
  };
}
