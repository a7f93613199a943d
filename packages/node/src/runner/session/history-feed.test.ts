import type { Message } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import type { CliProcess } from '../process/cli-process.ts';
import { createHistoryFeed, type HistoryFeed } from './history-feed.ts';

const history = Array.from({ length: 50 }, (_, index): Message[] => [
  { role: 'user', content: [{ type: 'text', text: `question ${index}` }] },
  { role: 'assistant', content: [{ type: 'text', text: `answer ${index}` }] },
]).flat();

/** A CLI that takes each message after so long. */
function start(takesMs: number) {
  const sent: object[] = [];
  let feed: HistoryFeed | undefined;
  const cli = {
    send(line: { type: string; uuid: string }) {
      sent.push(line);
      const message = line.type === 'user' ? { type: 'result' } : { type: 'assistant', uuid: line.uuid };
      setTimeout(() => feed?.hear(message as never), takesMs);
    },
  } as unknown as CliProcess;
  const append = (totalTimeoutMs: number): Promise<boolean> => {
    feed = createHistoryFeed({ cli, timeoutMs: 5000, totalTimeoutMs });
    return feed.append(history);
  };
  return { sent, append };
}

test('gives all messages, in their order', async () => {
  const { sent, append } = start(0);
  expect(await append(5000)).toBe(true);
  expect(sent).toHaveLength(100);
});

test('ends when all of them take too long, however soon each is taken', async () => {
  const { sent, append } = start(10);
  await expect(append(100)).rejects.toMatchObject({ status: 504, code: 'timeout' });
  expect(sent.length).toBeLessThan(100);
});
