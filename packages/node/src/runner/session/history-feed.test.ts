import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import type { CliProcess } from '../process/cli-process.ts';
import { createHistoryFeed, type HistoryFeed } from './history-feed.ts';

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
/** Whose questions have parts, each of which costs the CLI a turn. */
const history = Array.from({ length: 50 }, (_, index): Message[] => [
  { role: 'user', content: [text('question'), text(`${index}`)] },
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
  const append = (totalTimeoutMs: number, messages: readonly Message[] = history): Promise<boolean> => {
    feed = createHistoryFeed({ cli, timeoutMs: 5000, totalTimeoutMs });
    return feed.append(messages);
  };
  return { sent, append };
}

test('gives all messages, in their order', async () => {
  const { sent, append } = start(0);
  expect(await append(5000)).toBe(true);
  expect(sent).toHaveLength(100);
});

test('waits for a question only that is the first, or more than a text', async () => {
  const { sent, append } = start(20);
  const answer: Message = { role: 'assistant', content: [text('answer')] };
  const marked: Message = { role: 'user', content: [{ type: 'text', text: 'marked', extra: { cache_control: {} } }] };
  const plain = Array.from({ length: 50 }, (_, index): Message[] => [
    { role: 'user', content: [text(`question ${index}`)] },
    answer,
  ]).flat();
  const taken = append(5000, [...plain, marked, answer]);
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
  expect(sent).toMatchObject([{ type: 'user', shouldQuery: false }]);
  await expect.poll(() => sent.length).toBeGreaterThan(99);
  expect(sent[2]).toMatchObject({ type: 'assistant', local_command_source: 'question 1' });
  expect(sent[2]).not.toHaveProperty('message');
  expect(sent.filter((line) => 'shouldQuery' in line)).toMatchObject([
    { shouldQuery: false },
    { message: { content: marked.content.map(() => ({ text: 'marked' })) } },
  ]);
  expect(await taken).toBe(true);
});

test('ends when all of them take too long, however soon each is taken', async () => {
  const { sent, append } = start(10);
  await expect(append(100)).rejects.toMatchObject({ status: 504, code: 'timeout' });
  expect(sent.length).toBeLessThan(100);
});
