import { runnerContract } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import { app, createEchoRunner } from './echo-runner.ts';

const ask = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'echo', messages: [{ role: 'user', content: 'Hi there' }], ...body }),
});

test('a runner of one’s own is enough for the whole wire', async () => {
  const answer = await app.request('/v1/chat/completions', ask({}));
  expect(await answer.json()).toMatchObject({ model: 'echo', choices: [{ message: { content: 'Hi there' }, finish_reason: 'stop' }] });
  const stream = await app.request('/v1/chat/completions', ask({ stream: true }));
  expect(await stream.text()).toMatch(/"content":"Hi there"[^]*data: \[DONE\]\n\n$/);
});

for (const { name, run } of runnerContract({ create: createEchoRunner })) test(`contract: ${name}`, run);
