import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorReply, stallReply, streamErrorReply, textReply } from '@claude-code-api/mock-anthropic';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { until } from '../../support/until.ts';

const question = { model: 'sonnet', messages: [{ role: 'user' as const, content: 'hi' }] };

let server: TestServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startTestServer({ runner: { maxLive: 1 } });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

/** The error that a promise is rejected with. */
async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('There is no error.'),
    (error: unknown) => error,
  );
}

describe('answers', () => {
  test('whole, with the request id', async () => {
    const { data, response, request_id: requestId } = await client.chat.completions.create(question).withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello world');
    expect(data.choices[0]?.finish_reason).toBe('stop');
    expect(data.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
    expect(requestId).toMatch(/^req_/);
    expect(response.headers.get('x-request-id')).toBe(requestId);
    expect(data).toHaveProperty('_request_id', requestId);
  });

  test('streamed, with the usage at the end', async () => {
    const stream = await client.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Hello world');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
  });

  test('by the stream helper, with its events', async () => {
    const stream = client.chat.completions.stream({ ...question, stream_options: { include_usage: true } });
    const deltas: string[] = [];
    stream.on('content', (delta) => deltas.push(delta));
    const completion = await stream.finalChatCompletion();
    expect(deltas).toEqual(['Hello', ' wor', 'ld']);
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello world' } });
    expect(await stream.totalUsage()).toMatchObject({ total_tokens: 15 });
    expect(await stream.finalContent()).toBe('Hello world');
  });

  test('a conversation goes on with the message that came back', async () => {
    const first = await client.chat.completions.create(question);
    const message = first.choices[0]?.message;
    if (message === undefined) throw new Error('There is no message.');
    await client.chat.completions.create({ ...question, messages: [...question.messages, message, { role: 'user', content: 'more' }] });
    const [one, other] = server.mock.messages();
    expect(other?.body.messages).toHaveLength(3);
    expect(other?.headers['x-claude-code-session-id']).toBe(one?.headers['x-claude-code-session-id']);
  });

  test('models, listed and one by one', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toEqual(expect.arrayContaining(['sonnet', 'opus', 'claude-sonnet-5-5']));
    expect(await client.models.retrieve('sonnet')).toMatchObject({ id: 'sonnet', object: 'model' });
    expect(await errorOf(client.models.retrieve('gpt-5'))).toBeInstanceOf(NotFoundError);
  });
});

describe('errors', () => {
  test('an unknown model', async () => {
    const error = await errorOf(client.chat.completions.create({ ...question, model: 'gpt-5' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({
      status: 404,
      code: 'model_not_found',
      type: 'invalid_request_error',
      param: null,
      requestID: expect.stringMatching(/^req_/),
    });
  });

  test('a wrong parameter', async () => {
    const error = await errorOf(client.chat.completions.create({ ...question, temperature: 3 }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'invalid_value', param: 'temperature' });
  });

  test.each([
    { reply: errorReply(401, 'authentication_error', 'invalid x-api-key'), kind: AuthenticationError, code: 'claude_not_logged_in' },
    { reply: errorReply(429, 'rate_limit_error', 'Slow down.'), kind: RateLimitError, code: 'rate_limit_exceeded' },
    { reply: errorReply(529, 'overloaded_error', 'Overloaded'), kind: InternalServerError, code: 'overloaded' },
    {
      reply: errorReply(400, 'invalid_request_error', 'prompt is too long: 2 > 1'),
      kind: BadRequestError,
      code: 'context_length_exceeded',
    },
  ])('$reply.status from upstream', async ({ reply, kind, code }) => {
    server.mock.replyWith(() => reply);
    for (const error of [
      await errorOf(client.chat.completions.create(question)),
      await errorOf(client.chat.completions.create({ ...question, stream: true })),
    ]) {
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ code });
    }
  });

  test('what fails once is asked again, as the client is told', async () => {
    const patient = client.withOptions({ maxRetries: 1 });
    server.mock.reply(errorReply(500, 'api_error', 'Internal server error'));
    expect((await patient.chat.completions.create(question)).choices[0]?.message.content).toBe('Hello world');
    server.mock.reset();
    // Without credit it would fail again.
    server.mock.reply(errorReply(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'));
    expect(await errorOf(patient.chat.completions.create(question))).toMatchObject({ status: 429, code: 'insufficient_quota' });
  });

  test('in the middle of a stream', async () => {
    server.mock.reply(streamErrorReply('Hello', 'overloaded_error', 'Overloaded'));
    const stream = await client.chat.completions.create({ ...question, stream: true });
    let text = '';
    const error = await errorOf(
      (async () => {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      })(),
    );
    expect(text).toBe('Hello');
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ message: expect.stringContaining('Overloaded'), code: 'overloaded', type: 'server_error' });
  });
});

test('an aborted stream ends the request upstream', async () => {
  server.mock.reply(stallReply({ afterText: 'Well' }));
  const stream = client.chat.completions.stream(question);
  stream.on('content', () => stream.abort());
  expect(await errorOf(stream.finalChatCompletion())).toBeInstanceOf(APIUserAbortError);
  await until(() => server.mock.messages()[0]?.closedEarlyAt !== undefined, 'the end of the request upstream');
});

test('a stream that is left ends the request upstream', async () => {
  server.mock.reply(textReply(['one ', ...Array.from({ length: 1000 }, () => 'more ')], { chunkDelayMs: 50 }));
  for await (const chunk of await client.chat.completions.create({ ...question, stream: true })) {
    if (chunk.choices[0]?.delta.content === 'one ') break;
  }
  await until(() => server.mock.messages()[0]?.closedEarlyAt !== undefined, 'the end of the request upstream');
});
