import type { MessagesBody } from './messages-body.ts';

/** Tells whether a body has what the API requires: model, max_tokens, messages with a role and content, well-formed lists. */
export function isMessagesBody(body: unknown): body is MessagesBody {
  return (
    isObject(body) &&
    typeof body['model'] === 'string' &&
    typeof body['max_tokens'] === 'number' &&
    isListOf(body['messages'], (message) => typeof message['role'] === 'string' && isContent(message['content'])) &&
    (body['system'] === undefined || isContent(body['system'])) &&
    (body['tools'] === undefined || isListOf(body['tools'], (tool) => typeof tool['name'] === 'string'))
  );
}

function isContent(content: unknown): boolean {
  return typeof content === 'string' || isListOf(content, (block) => typeof block['type'] === 'string');
}

function isListOf(list: unknown, isItem: (item: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(list) && list.every((item: unknown) => isObject(item) && isItem(item));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
