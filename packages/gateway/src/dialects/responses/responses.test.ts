import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createScriptedRunner, type Script } from '../../testing/create-scripted-runner.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { noUsage } from '../../turn/usage.ts';

function ask(script: Script, body: object = {}): Response | Promise<Response> {
  return createGateway({ runner: createScriptedRunner({ script }) }).request('/v1/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', input: 'hi', ...body }),
  });
}

const overloaded = (): GatewayError => new GatewayError('Claude has no place.', { status: 529, code: 'overloaded', shouldRetry: false });

function* failing(): Generator<TurnEvent> {
  yield { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
  yield { type: 'block-start', index: 0, block: { type: 'text' } };
  yield { type: 'text-delta', index: 0, text: 'Once' };
  throw overloaded();
}

test('what fails before anything is said has a status of its own', async () => {
  const response = await ask(
    // oxlint-disable-next-line require-yield
    function* () {
      throw overloaded();
    },
    { stream: true },
  );
  expect(response.status).toBe(529);
  expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'overloaded', message: 'Claude has no place.' } });
});

test('a stream that fails ends what it has begun, and says so in both ways', async () => {
  const response = await ask(failing, { stream: true });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const types = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
  expect(types).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'error',
    'response.failed',
  ]);
});

test('a whole answer that fails is no response', async () => {
  const response = await ask(failing);
  expect({ status: response.status, body: (await response.json()) as unknown }).toMatchObject({
    status: 529,
    body: { error: { code: 'overloaded' } },
  });
});
