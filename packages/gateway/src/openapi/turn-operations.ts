import type { Operation } from './operation.ts';
import { messageEventSchemas } from './message-schemas.ts';
import { responseEventSchemas } from './response-event-schemas.ts';

const json = 'application/json';
const events = 'text/event-stream';
const asked = { method: 'post', access: 'counted' } as const;
const turn = {
  ...asked,
  errorStatuses: [400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 503, 504],
  headers: ['x-claude-request-id', 'x-conversation-id', 'x-ignored-parameters', 'x-cache'],
};
const turnParameters = ['ConversationHeader', 'StrictParameters', 'CacheControl'];
const anthropic = { errorForm: 'Messages' } as const;
const messageEvents = [...Object.keys(messageEventSchemas), 'AnthropicError'];
const responseEvents = Object.keys(responseEventSchemas);
const kept = { tag: 'Responses', access: 'caller', errorStatuses: [400, 401, 403, 404, 500, 503] } as const;

/** What asks Claude, and what becomes of it. */
export const turnOperations: readonly Operation[] = [
  {
    ...turn,
    ...{ path: '/v1/chat/completions', id: 'createChatCompletion', tag: 'Chat completions' },
    summary: 'Ask Claude in the form of OpenAI’s chat completions',
    description: 'With `stream` it answers with events; each has a chunk as its `data`, the last one is `[DONE]`.',
    parameters: turnParameters,
    body: { schema: 'ChatCompletionRequest' },
    reply: { [json]: ['ChatCompletion'], [events]: ['ChatCompletionChunk', 'OpenaiError'] },
  },
  {
    ...turn,
    ...{ path: '/v1/responses', id: 'createResponse', tag: 'Responses' },
    summary: 'Ask Claude in the form of OpenAI’s Responses',
    description:
      'With `stream` it answers with events: each has its name in `event` and in `type` of its `data`; the last one is `[DONE]`.',
    parameters: turnParameters,
    body: { schema: 'ResponseRequest' },
    reply: { [json]: ['Response'], [events]: responseEvents },
  },
  {
    ...turn,
    ...anthropic,
    ...{ path: '/v1/messages', id: 'createMessage', tag: 'Messages' },
    summary: 'Ask Claude in the form of Anthropic’s Messages',
    description: 'With `stream` it answers with events: each has its name in `event` and in `type` of its `data`.',
    parameters: ['AnthropicVersion', 'AnthropicBeta', ...turnParameters],
    body: { schema: 'MessageRequest' },
    reply: { [json]: ['Message'], [events]: messageEvents },
  },
  {
    ...turn,
    ...{ path: '/v1/completions', id: 'createCompletion', tag: 'Completions' },
    summary: 'Ask Claude in the form of OpenAI’s older completions',
    description: 'With `stream` it answers with events; the last one is `[DONE]`.',
    parameters: turnParameters,
    body: { schema: 'CompletionRequest' },
    reply: { [json]: ['Completion'], [events]: ['Completion', 'OpenaiError'] },
  },
  {
    ...turn,
    ...anthropic,
    ...{ path: '/v1/messages/count_tokens', id: 'countMessageTokens', tag: 'Messages' },
    summary: 'Tell how many tokens the input of a message has',
    parameters: ['AnthropicVersion', 'AnthropicBeta'],
    body: { schema: 'MessageCountRequest' },
    headers: ['x-token-count'],
    reply: { [json]: ['MessageTokenCount'] },
  },
  {
    ...turn,
    ...{ path: '/v1/responses/input_tokens', id: 'countResponseTokens', tag: 'Responses' },
    summary: 'Tell how many tokens the input of a response has',
    body: { schema: 'ResponseRequest' },
    headers: ['x-token-count'],
    reply: { [json]: ['ResponseInputTokens'] },
  },
  {
    ...turn,
    ...{ path: '/v1/responses/compact', id: 'compactResponse', tag: 'Responses' },
    summary: 'Have a history summed up by Claude, sealed, to send in its place',
    body: { schema: 'ResponseRequest' },
    headers: ['x-claude-request-id'],
    reply: { [json]: ['ResponseCompaction'] },
  },
  {
    ...kept,
    ...{ method: 'get', path: '/v1/responses/{response_id}', id: 'getResponse' },
    summary: 'Read a response that is kept, or follow one in the background',
    parameters: ['ResponseId', 'Stream', 'StartingAfter'],
    reply: { [json]: ['Response'], [events]: responseEvents },
  },
  {
    ...kept,
    ...{ method: 'delete', access: 'counted', path: '/v1/responses/{response_id}', id: 'deleteResponse' },
    summary: 'Forget a response',
    parameters: ['ResponseId'],
    reply: { [json]: ['ResponseDeleted'] },
  },
  {
    ...kept,
    ...{ method: 'post', path: '/v1/responses/{response_id}/cancel', id: 'cancelResponse' },
    summary: 'End a response in the background',
    parameters: ['ResponseId'],
    reply: { [json]: ['Response'] },
  },
  {
    ...kept,
    ...{ method: 'get', path: '/v1/responses/{response_id}/input_items', id: 'listResponseInput' },
    summary: 'Read what a response was asked with',
    parameters: ['ResponseId', 'Limit', 'Order', 'After'],
    reply: { [json]: ['ResponseInputItemList'] },
  },
  {
    ...turn,
    ...{ path: '/v1/embeddings', id: 'createEmbeddings', tag: 'Embeddings' },
    summary: 'Ask another server for embeddings, where the operator names one',
    body: { schema: 'EmbeddingRequest' },
    headers: [],
    reply: { [json]: ['Embeddings'] },
  },
];
