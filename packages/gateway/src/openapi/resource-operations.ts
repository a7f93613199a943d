import type { Operation } from './operation.ts';

const json = 'application/json';
const html = { 'text/html': [] };
const read = { method: 'get', access: 'caller', errorStatuses: [400, 401, 403, 404, 500, 503] } as const;
const changed = { access: 'counted', errorStatuses: [400, 401, 403, 404, 409, 413, 415, 429, 500, 503] } as const;
const open = { method: 'get', tag: 'Server', access: 'anyone', errorStatuses: [403] } as const;
const watched = { method: 'get', tag: 'Server', access: 'admin', errorStatuses: [401, 403] } as const;
const models = { ...read, tag: 'Models' } as const;
const conversations = { tag: 'Conversations' } as const;
const ofConversation = ['ConversationId'];
const page = ['Limit', 'Order', 'After'];

/** What asks nothing of Claude: models, conversations, and how the server is. */
export const resourceOperations: readonly Operation[] = [
  {
    ...models,
    ...{ path: '/v1/models', id: 'listModels', summary: 'List the models that the caller may ask for' },
    parameters: ['AnthropicVersion', 'AfterModel', 'BeforeModel', 'ModelLimit'],
    reply: { [json]: ['ModelList', 'AnthropicModelList'] },
  },
  {
    ...models,
    ...{ path: '/v1/models/{model}', id: 'getModel', summary: 'Read what is known of a model' },
    parameters: ['Model', 'AnthropicVersion'],
    reply: { [json]: ['Model', 'AnthropicModel'] },
  },
  {
    ...changed,
    ...conversations,
    ...{ method: 'post', path: '/v1/conversations', id: 'createConversation', summary: 'Begin a conversation' },
    body: { schema: 'ConversationRequest', isOptional: true },
    reply: { [json]: ['Conversation'] },
  },
  {
    ...read,
    ...conversations,
    ...{ path: '/v1/conversations', id: 'listConversations', summary: 'List the caller’s conversations' },
    parameters: page,
    reply: { [json]: ['ConversationList'] },
  },
  {
    ...read,
    ...conversations,
    ...{ path: '/v1/conversations/{conversation_id}', id: 'getConversation', summary: 'Read a conversation, with its messages' },
    parameters: ofConversation,
    reply: { [json]: ['ConversationWithMessages'] },
  },
  {
    ...changed,
    ...conversations,
    ...{
      method: 'post',
      path: '/v1/conversations/{conversation_id}',
      id: 'updateConversation',
      summary: 'Change the metadata of a conversation',
    },
    parameters: ofConversation,
    body: { schema: 'ConversationUpdate' },
    reply: { [json]: ['Conversation'] },
  },
  {
    ...changed,
    ...conversations,
    ...{ method: 'delete', path: '/v1/conversations/{conversation_id}', id: 'deleteConversation', summary: 'Forget a conversation' },
    parameters: ofConversation,
    reply: { [json]: ['ConversationDeleted'] },
  },
  {
    ...changed,
    ...conversations,
    ...{ method: 'post', path: '/v1/conversations/{conversation_id}/items', id: 'addItems', summary: 'Add items to a conversation' },
    parameters: ofConversation,
    body: { schema: 'ConversationItemsRequest' },
    reply: { [json]: ['ConversationItemList'] },
  },
  {
    ...read,
    ...conversations,
    ...{ path: '/v1/conversations/{conversation_id}/items', id: 'listItems', summary: 'List the items of a conversation' },
    parameters: [...ofConversation, ...page],
    reply: { [json]: ['ConversationItemList'] },
  },
  {
    ...read,
    ...conversations,
    ...{ path: '/v1/conversations/{conversation_id}/items/{item_id}', id: 'getItem', summary: 'Read an item of a conversation' },
    parameters: [...ofConversation, 'ItemId'],
    reply: { [json]: ['ConversationItem'] },
  },
  {
    ...changed,
    ...conversations,
    ...{
      method: 'delete',
      path: '/v1/conversations/{conversation_id}/items/{item_id}',
      id: 'deleteItem',
      summary: 'Remove an item of a conversation',
    },
    parameters: [...ofConversation, 'ItemId'],
    reply: { [json]: ['Conversation'] },
  },
  {
    ...open,
    ...{ path: '/', id: 'getWelcome', summary: 'A page that says how to use the server, for browsers; a 404 for all others' },
    reply: html,
    errorStatuses: [403, 404],
  },
  {
    ...open,
    ...{ path: '/health', id: 'getHealth', summary: 'How the server is; it never spends a token' },
    reply: { [json]: ['Health'] },
    otherReplies: { 503: { [json]: ['Health'] } },
  },
  { ...watched, ...{ path: '/stats', id: 'getStats', summary: 'What was asked, answered and spent' }, reply: { [json]: ['Stats'] } },
  {
    ...watched,
    ...{ method: 'delete', path: '/requests/{id}', id: 'cancelRequest', summary: 'Cancel a running request, whosever it is' },
    parameters: ['RunningId'],
    reply: { [json]: ['RequestDeleted'] },
    errorStatuses: [401, 403, 404, 503],
  },
  { ...watched, ...{ path: '/metrics', id: 'getMetrics', summary: 'The same for Prometheus' }, reply: { 'text/plain': [] } },
  { ...open, ...{ path: '/dashboard', id: 'getDashboard', summary: 'The same as a page, live' }, reply: html },
  { ...open, ...{ path: '/docs', id: 'getDocs', summary: 'This document as a page' }, reply: html },
  { ...open, ...{ path: '/openapi.json', id: 'getOpenapi', summary: 'This document' }, reply: { [json]: ['OpenapiDocument'] } },
];
