import * as fc from 'fast-check';
import { damage, type Damage } from './body-bytes.ts';
import { nearlyValid } from './mutate-body.ts';
import { oddHeaders } from './odd-headers.ts';
import { toOddPath } from './odd-paths.ts';
import { oddValue } from './odd-values.ts';
import { fillPlaceholders, placeholder, type KnownIds } from './placeholder.ts';
import { validChatBody } from './valid-chat-body.ts';
import { validConversationBody } from './valid-conversation-body.ts';

/** A request that can be sent in any way: its bytes, and nothing that was made up of it. */
export interface FuzzRequest {
  readonly method: string;
  /** With the query; any characters. */
  readonly path: string;
  /** In Latin-1. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

interface Route {
  readonly weight: number;
  readonly method: string;
  readonly path: fc.Arbitrary<string>;
  /** Absent: it takes none. */
  readonly body?: fc.Arbitrary<object>;
}

const conversation = placeholder.map((id) => `/v1/conversations/${id}`);
const item = fc.tuple(placeholder, placeholder).map(([id, itemId]) => `/v1/conversations/${id}/items/${itemId}`);
const at = (path: string): fc.Arbitrary<string> => fc.constant(path);

/** What the gateway serves; a new route gets a line here. */
const routes: readonly Route[] = [
  { weight: 40, method: 'POST', path: at('/v1/chat/completions'), body: validChatBody },
  { weight: 12, method: 'POST', path: at('/v1/conversations'), body: validConversationBody.create },
  { weight: 3, method: 'GET', path: at('/v1/conversations') },
  { weight: 4, method: 'GET', path: conversation },
  { weight: 4, method: 'POST', path: conversation, body: validConversationBody.update },
  { weight: 2, method: 'DELETE', path: conversation },
  { weight: 10, method: 'POST', path: conversation.map((path) => `${path}/items`), body: validConversationBody.addItems },
  { weight: 4, method: 'GET', path: conversation.map((path) => `${path}/items`) },
  { weight: 3, method: 'GET', path: item },
  { weight: 2, method: 'DELETE', path: item },
  { weight: 2, method: 'GET', path: at('/v1/models') },
  {
    weight: 3,
    method: 'GET',
    path: fc.constantFrom('/v1/models/sonnet', '/v1/models/agent/sonnet', '/v1/models/none', '/v1/models/claude-x'),
  },
  { weight: 2, method: 'GET', path: at('/health') },
  { weight: 2, method: 'GET', path: at('/stats') },
  { weight: 2, method: 'GET', path: at('/metrics') },
  { weight: 2, method: 'GET', path: at('/dashboard') },
  { weight: 1, method: 'GET', path: fc.constantFrom('/', '/v1', '/v1/completions', '/v1/responses', '/favicon.ico', '/.env') },
];

const otherMethods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND', 'LINK');

function bodyOf(valid: fc.Arbitrary<object> | undefined): fc.Arbitrary<string | undefined> {
  const none = fc.constant(undefined);
  if (valid === undefined) return fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: oddValue.map(toText) });
  return fc.oneof(
    { weight: 10, arbitrary: valid.map(toText) },
    { weight: 12, arbitrary: nearlyValid(valid).map(toText) },
    { weight: 1, arbitrary: oddValue.map(toText) },
    { weight: 1, arbitrary: none },
  );
}

function toText(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

/** A request before the ids are known that it names. */
export interface RequestPlan {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | undefined;
  readonly damage: Damage;
}

export const requestPlan: fc.Arbitrary<RequestPlan> = fc
  .oneof(...routes.map((route) => ({ weight: route.weight, arbitrary: fc.constant(route) })))
  .chain(({ method, path, body }) =>
    fc.record({
      method: fc.oneof({ weight: 19, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: otherMethods }),
      path: toOddPath(path),
      headers: oddHeaders,
      text: bodyOf(body),
      damage,
    }),
  );

export function toRequest(plan: RequestPlan, ids: KnownIds): FuzzRequest {
  const fill = (text: string): string => fillPlaceholders(text, ids);
  const hasBody = plan.text !== undefined && plan.method !== 'GET' && plan.method !== 'HEAD';
  return {
    method: plan.method,
    path: fill(plan.path.replace(/^(?!\/)/, '/')),
    headers: Object.fromEntries(Object.entries(plan.headers).map(([name, value]) => [name, fill(value)])),
    body: hasBody ? plan.damage(fill(plan.text)) : undefined,
  };
}
