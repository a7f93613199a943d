import { expect, test } from 'vitest';
import { pathOf } from './route.ts';

test.each([
  ['/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/', '/v1/chat/completions'],
  ['/chat/completions/?a=/models', '/v1/chat/completions'],
  ['/v1//chat//completions//', '/v1/chat/completions'],
  ['//models', '/v1/models'],
  ['/models/sonnet', '/v1/models/sonnet'],
  ['/conversations/conv_1/items', '/v1/conversations/conv_1/items'],
  ['/health/', '/health'],
  ['/', '/'],
  ['', '/'],
  ['/chats', '/chats'],
  ['/modelsx/a', '/modelsx/a'],
  ['/v2/models', '/v2/models'],
  ['/v1/models?limit=1', '/v1/models'],
])('%s means %s', (path, meant) => {
  expect(pathOf(new Request(`http://localhost${path}`))).toBe(meant);
});
