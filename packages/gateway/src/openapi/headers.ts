import type { JsonObject } from '../turn/tool.ts';

const text = (description: string, more: JsonObject = {}): JsonObject => ({ description, schema: { type: 'string', ...more } });
const number = (description: string): JsonObject => ({ description, schema: { type: 'integer', minimum: 0 } });

const limitHeaders = ['requests', 'tokens'].flatMap((of): [string, JsonObject][] => [
  [`x-ratelimit-limit-${of}`, number(`${of} a minute, of keys with such a limit`)],
  [`x-ratelimit-remaining-${of}`, number(`${of} that are left`)],
  [`x-ratelimit-reset-${of}`, text('how long until all are there again: `1m30s`')],
  [`anthropic-ratelimit-${of}-limit`, number('the same, as Anthropic’s clients know it')],
  [`anthropic-ratelimit-${of}-remaining`, number('likewise')],
  [`anthropic-ratelimit-${of}-reset`, text('when all are there again', { format: 'date-time' })],
]);

/** The headers of replies. */
export const headers: Readonly<Record<string, JsonObject>> = {
  'x-request-id': text('the id of the request, in the log too: the caller’s own where it sent a decent one'),
  'request-id': text('the same, on `/v1/messages` and for callers with the header `anthropic-version`'),
  'x-claude-request-id': text('Anthropic’s own id of the last request, where it is known before the reply begins'),
  'x-conversation-id': text('the conversation that the turn is part of'),
  'x-ignored-parameters': text('the parameters that had no effect, a comma between'),
  'x-cache': text('whether the answer is from the response cache', { enum: ['hit', 'miss', 'shared', 'bypass'] }),
  'x-token-count': text('whether the tokens were counted by Anthropic, or estimated', { enum: ['counted', 'estimated'] }),
  'retry-after': number('the seconds after which it is worth trying again'),
  'x-should-retry': text('overrides what clients conclude from the status', { enum: ['true', 'false'] }),
  ...Object.fromEntries(limitHeaders),
};

/** The names of the headers that tell how the limits of a caller stand. */
export const limitHeaderNames: readonly string[] = limitHeaders.map(([name]) => name);
