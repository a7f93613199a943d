import { describe, expect, test } from 'vitest';
import type { MessagesBody } from '@claude-code-api/mock-anthropic';
import { followPath, promptPaths, type Prompts } from '../support/prompts/prompt-paths.ts';

/** A write, a read of it, and a read of what that has added. */
const turns = 3;
/** Those that change at the third go on after it; what is long is written and read. */
const otherTurns: Readonly<Record<string, number>> = {
  'tools that change once': 4,
  'a model that changes, and back': 4,
  'a history of 210 messages, by file': 2,
  'tools, a new process each turn': 2,
  // As on another server each turn, and with a subscription, which take three.
  'a new process each turn': 2,
  'an agent, a new process each turn': 2,
  'a subscription, an older model, a new process each turn': 2,
};
/** Requests whose prompt can't begin as the one before. */
const changes: Readonly<Record<string, number>> = {
  'tools that change once': 2,
  'a model that changes, and back': 2,
  // A transcript without an answer would get one of the CLI's own: what it says of itself is once behind the first result.
  'a subscription and tools, a new process each turn': 1,
};

describe.each(Object.entries(promptPaths))('%s', (name, path) => {
  const count = otherTurns[name] ?? turns;
  let prompts: Prompts | undefined;
  const followed = async (): Promise<Prompts> => (prompts ??= await followPath(path, count));

  test('each prompt begins with the whole one before it, byte for byte', async () => {
    const { bodies } = await followed();
    expect(bodies).toHaveLength(path.calls === true ? 2 * count : count);
    for (const [index, body] of bodies.entries()) {
      if (index === 0 || index === changes[name] || (index - 1 === changes[name] && path.calls === true)) continue;
      // A model that is come back to goes on with what it knows itself.
      const before = bodies.slice(0, index).findLast(({ model }) => model === body.model) ?? body;
      expect(partsOf(body).slice(0, partsOf(before).length)).toEqual(partsOf(before));
    }
  });

  test('and is read from the cache that far', async () => {
    const { usages, bodies } = await followed();
    for (const [index, { cache_read_input_tokens: read, input_tokens: rest }] of usages.entries()) {
      expect(rest).toBe(0);
      if (index === changes[name] || (index - 1 === changes[name] && path.calls === true)) continue;
      const last = bodies.slice(0, index).findLastIndex(({ model }) => model === bodies[index]?.model);
      const before = usages[last];
      expect(read).toBe(before === undefined ? 0 : before.cache_read_input_tokens + before.cache_creation_input_tokens);
    }
  });
});

/** What a prompt is made of, in the order in which it is cached, without the line on who asks, which the cache does not see. */
function partsOf({ tools = [], system = [], messages }: MessagesBody): string[] {
  const parts: object[] = [...tools, ...blocksOf(system).slice(1)];
  for (const { role, content } of messages) parts.push(...blocksOf(content).map((block) => ({ role, ...block })));
  return parts.map((part) => JSON.stringify({ ...part, cache_control: undefined }));
}

function blocksOf(content: string | readonly object[]): readonly object[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
