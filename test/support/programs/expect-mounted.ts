import { stallReply, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { expect } from 'vitest';
import { until } from '../until.ts';

/** Finds out by a caller's means whether a server in which the gateway is mounted grants what it has to. */
export async function expectMounted(url: string, mock: MockAnthropic): Promise<void> {
  await expectWhole(url, mock);
  await expectStreamed(url, mock);
}

/** Each on a connection of its own: a server that ends waits for those on which nothing was asked yet, and clients open such. */
const ask = (url: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...(signal !== undefined && { signal }),
  });

/** What every server has to grant, by what its callers see. */
async function expectWhole(url: string, mock: MockAnthropic): Promise<void> {
  mock.replyWith(() => textReply('Hello from Claude'));
  const whole = await ask(url, {});
  expect(whole.headers.get('x-request-id')).toMatch(/^req_/);
  const answer = (await whole.json()) as { conversation_id: string };
  expect(answer).toMatchObject({
    conversation_id: expect.stringMatching(/^conv_/),
    choices: [{ message: { content: 'Hello from Claude' } }],
  });
  const followUp = await ask(url, { conversation_id: answer.conversation_id, stream: true });
  expect(await followUp.text()).toMatch(/Hello[^]*data: \[DONE\]\n\n$/);

  const refused = await ask(url, { messages: 7 });
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { type: 'invalid_request_error', param: 'messages' } }]);
  const unknown = await fetch(`${url}/v1/nothing`);
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'unknown_url' } }]);
  const list = await fetch(`${url}/v1/conversations?limit=1`);
  expect(await list.json()).toMatchObject({ data: [{ id: answer.conversation_id }] });
  expect((await fetch(`${url}/v1/conversations/${answer.conversation_id}`, { method: 'DELETE' })).status).toBe(200);
  expect(await (await fetch(`${url}/stats`)).json()).toMatchObject({ since_start: { requests: { total: expect.any(Number) } } });
  const foreign = await fetch(`${url}/v1/models`, { headers: { origin: 'https://evil.example' } });
  expect(foreign.status).toBe(403);
}

/** What is said is told before the rest of it is there; who leaves stops the turn. */
async function expectStreamed(url: string, mock: MockAnthropic): Promise<void> {
  mock.reset();
  mock.replyWith(() => stallReply({ afterText: 'Well' }));
  const leaving = new AbortController();
  const response = await ask(url, { stream: true }, leaving.signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes('Well');) text += (await reader?.read())?.value ?? '';
  expect(mock.messages().some(({ closedEarlyAt }) => closedEarlyAt !== undefined)).toBe(false);
  leaving.abort();
  await until(() => mock.messages().some(({ closedEarlyAt }) => closedEarlyAt !== undefined), 'the end of the connection upstream', 10_000);
}
