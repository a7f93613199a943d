import { expect, test, vi } from 'vitest';
import { webSha256 } from '../ports/web-sha256.ts';
import { identifyingMessage } from '../turn/message-identity.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { createMessageDigests } from './create-message-digests.ts';

const say = (role: Message['role'], text: string): Message => ({ role, content: [{ type: 'text', text }] });

test('a digest is made once for each message, also where messages are normalised again in between', async () => {
  const sha256 = vi.fn(webSha256);
  const digestsOf = createMessageDigests(sha256);
  const history = normalizeMessages([say('user', 'a'), say('user', 'b'), say('assistant', 'c'), say('user', 'd')]);
  const first = await digestsOf(history);
  expect(first[1]).toBe(await webSha256(JSON.stringify(identifyingMessage(say('assistant', 'c')))));
  const longer = normalizeMessages([...history, say('assistant', 'e')]);
  expect((await digestsOf(longer)).slice(0, 3)).toEqual(first);
  expect(sha256).toHaveBeenCalledTimes(4);
});
