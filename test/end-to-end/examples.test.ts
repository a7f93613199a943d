import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import { createApp } from '../../examples/mount-in-hono/app.ts';
import { app as echo } from '../../examples/own-runner/echo-runner.ts';

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const question = { messages: [{ role: 'user', content: 'Hi there' }] };

test('mounted in a Hono app, the gateway answers under its prefix, with its own errors', async () => {
  const app = createApp(createScriptedRunner());
  expect(await (await app.request('/')).text()).toBe('My own server');
  const answer = await app.request('/claude/v1/chat/completions', post({ model: 'assistant', ...question }));
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  const unknown = await app.request('/claude/v1/nothing');
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { code: 'unknown_url', type: 'invalid_request_error' } });
});

test('a runner of one’s own is enough for the whole wire', async () => {
  const answer = await echo.request('/v1/chat/completions', post({ model: 'echo', ...question }));
  expect(await answer.json()).toMatchObject({ model: 'echo', choices: [{ message: { content: 'Hi there' }, finish_reason: 'stop' }] });
  const stream = await echo.request('/v1/chat/completions', post({ model: 'echo', stream: true, ...question }));
  expect(await stream.text()).toMatch(/"content":"Hi there"[^]*data: \[DONE\]\n\n$/);
});
