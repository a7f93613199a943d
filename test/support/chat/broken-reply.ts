import { setTimeout as wait } from 'node:timers/promises';
import { rawReply, type RawReply } from '@claude-code-api/mock-anthropic';

/** A finished content block, and the one delta that fills it. */
export interface WholeBlock {
  readonly block: object;
  readonly delta: object;
}

export const wholeText = (text: string): WholeBlock => ({ block: { type: 'text', text: '' }, delta: { type: 'text_delta', text } });

export const wholeThinking = (thinking: string): WholeBlock => ({
  block: { type: 'thinking', thinking: '', signature: '' },
  delta: { type: 'thinking_delta', thinking },
});

export const wholeCall = (id: string, name: string): WholeBlock => ({
  block: { type: 'tool_use', id, name, input: {} },
  delta: { type: 'input_json_delta', partial_json: '{}' },
});

/**
 * An answer that breaks off between two blocks.
 *
 * @param how The type of the API's error event; or `cut` for a lost connection, `end` for a stream that just ends.
 */
export function brokenReply(blocks: readonly WholeBlock[], how: string): RawReply {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-5-5', content: [], stop_reason: null, usage };
  return rawReply(async (request, response) => {
    const send = (event: { readonly type: string; readonly [key: string]: unknown }): boolean =>
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send({ type: 'message_start', message });
    for (const [index, { block, delta }] of blocks.entries()) {
      send({ type: 'content_block_start', index, content_block: block });
      send({ type: 'content_block_delta', index, delta });
      send({ type: 'content_block_stop', index });
    }
    // What was sent is to be read before the connection is lost.
    await wait(300);
    if (how === 'cut') return void request.socket.destroy();
    if (how !== 'end') send({ type: 'error', error: { type: how, message: 'Not now' } });
    response.end();
  });
}

/** Text that the client has surely read, then a lost connection. */
export function slowCutReply(text: string): RawReply {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const events = [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  ];
  return rawReply(async (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    await wait(300);
    request.socket.destroy();
  });
}
