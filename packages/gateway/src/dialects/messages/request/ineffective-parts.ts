import type { JsonObject } from '../../../turn/tool.ts';
import { cacheMarksOf, maxMarksBesideOwn } from '../../../turn/cache-marks.ts';
import { ignoredKeys } from '../../parameters.ts';
import { parameters } from './parameters.ts';
import type { CountBody, GivenMessage } from './request-schema.ts';

/**
 * The parts of a body that have no effect on any model, since the CLI does not carry them. Of each kind that stands within messages only the
 * first place is named.
 */
export function ineffectiveParts(body: CountBody, passedOn: { readonly tools: readonly object[]; readonly extra: JsonObject }): string[] {
  const system = body.system ?? [];
  const { elsewhere } = cacheMarksOf({ messages: body.messages, ...passedOn });
  // With more marks the CLI sets none of its own, and so leaves the system prompt unmarked.
  const isUnmarked = elsewhere > maxMarksBesideOwn && system.some(({ extra }) => extra?.['cache_control']);
  const cited = system.findIndex(({ extra }) => isCited(extra));
  return [
    ...ignoredKeys(parameters, body),
    ...firstOther('metadata', body.metadata, ['user_id']),
    ...(isUnmarked ? ['system.cache_control'] : []),
    ...(cited === -1 ? [] : [`system[${cited}].citations`]),
    ...first(body.messages, ({ role, content }, place) => {
      const index = role === 'assistant' ? content.findIndex((block) => 'extra' in block && isCited(block.extra)) : -1;
      return index === -1 ? [] : [`${place}.content[${index}].citations`];
    }),
    ...first(body.messages, (message, place) =>
      firstOther(place, message, ['role', 'content', 'output_config', 'clear_at', 'toolChanges']),
    ),
    ...first(body.messages, ({ output_config: config }, place) => firstOther(`${place}.output_config`, config, ['effort'])),
  ];
}

function first(messages: readonly GivenMessage[], find: (message: GivenMessage, place: string) => readonly string[]): readonly string[] {
  for (const [index, message] of messages.entries()) {
    const found = find(message, `messages[${index}]`);
    if (found.length > 0) return found;
  }
  return [];
}

function firstOther(place: string, fields: unknown, known: readonly string[]): string[] {
  const other = Object.keys(fields ?? {}).find((key) => !known.includes(key) && /^[\w-]{1,64}$/.test(key));
  return other === undefined ? [] : [`${place}.${other}`];
}

function isCited(extra: JsonObject | undefined): boolean {
  const citations = extra?.['citations'];
  return Array.isArray(citations) && citations.length > 0;
}
