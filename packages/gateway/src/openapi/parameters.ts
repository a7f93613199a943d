import type { JsonObject } from '../turn/tool.ts';

const text = { type: 'string' };
const inHeader = (name: string, description: string, schema: JsonObject = text): JsonObject => ({
  name,
  in: 'header',
  description,
  schema,
});
const inQuery = (name: string, description: string, schema: JsonObject = text): JsonObject => ({ name, in: 'query', description, schema });
const inPath = (name: string, description: string): JsonObject => ({ name, in: 'path', required: true, description, schema: text });
const pageSize = { type: 'integer', minimum: 1, maximum: 100, default: 20 };

/** What requests are told beside their bodies, by the names that the document has for it. */
export const parameters: Readonly<Record<string, JsonObject>> = {
  RequestId: inHeader('x-request-id', 'the id of the request, for the log and the reply; up to 128 printable characters'),
  AnthropicVersion: inHeader('anthropic-version', 'known as one of Anthropic’s clients, which read models and errors in Anthropic’s form'),
  AnthropicBeta: inHeader('anthropic-beta', 'goes to the API with the request'),
  ConversationHeader: inHeader('x-conversation-id', 'the conversation that the request goes on with; the body may name it too'),
  StrictParameters: inHeader('x-strict-parameters', 'whether a parameter without effect is a 400', {
    type: 'string',
    enum: ['true', 'false'],
  }),
  CacheControl: inHeader(
    'cache-control',
    'of the response cache, where there is one: `max-age=600` asks for an answer of that age at most, `no-cache`, `no-store`',
  ),
  Limit: inQuery('limit', 'how many, at most', pageSize),
  Order: inQuery('order', 'by age', { type: 'string', enum: ['asc', 'desc'], default: 'desc' }),
  After: inQuery('after', 'the `last_id` of the page before'),
  AfterModel: inQuery('after_id', 'of Anthropic’s clients: the page behind this model'),
  BeforeModel: inQuery('before_id', 'of Anthropic’s clients: the page before this model'),
  ModelLimit: inQuery('limit', 'of Anthropic’s clients: how many models, at most', { ...pageSize, maximum: 1000 }),
  Stream: inQuery('stream', 'of a response in the background: its events, those that are there and those that come', {
    type: 'string',
    enum: ['true', 'false'],
  }),
  StartingAfter: inQuery('starting_after', 'the `sequence_number` of the last event that is known', { type: 'integer', minimum: 0 }),
  Model: inPath('model', 'its name, which may have slashes'),
  ConversationId: inPath('conversation_id', 'of a conversation: `conv_...`'),
  ItemId: inPath('item_id', 'of an item of the conversation'),
  RunningId: inPath('id', 'of a request that runs, as `/stats` lists it in `now.requests`'),
  ResponseId: inPath('response_id', 'of a response that is kept: `resp_...`'),
};
