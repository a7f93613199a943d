import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createInsight } from '@claude-code-api/node';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';

test('mounted in a Hono app, the gateway answers under its prefix, with its own errors', async () => {
  const app = createApp(createScriptedRunner());
  expect(await (await app.request('/')).text()).toBe('My own server');
  const answer = await app.request('/claude/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'assistant', messages: [{ role: 'user', content: 'Hi there' }] }),
  });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  const unknown = await app.request('/claude/v1/nothing');
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { code: 'unknown_url', type: 'invalid_request_error' } });
});

test('its statistics and its dashboard are under the prefix too', async () => {
  const insight = createInsight();
  try {
    const app = createApp(createScriptedRunner(), insight);
    await app.request('/claude/v1/models');
    expect(await (await app.request('/claude/stats')).json()).toMatchObject({ since_start: { requests: { total: 1 } } });
    expect((await app.request('/claude/dashboard')).headers.get('content-type')).toContain('text/html');
  } finally {
    insight.close();
  }
});
