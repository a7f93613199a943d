import type { PromptUsage } from '@claude-code-api/mock-anthropic';
import { followPath, promptPaths } from '../../support/prompts/prompt-paths.ts';
import type { Row } from './row.ts';

const turns = 20;

/** What a conversation of 20 turns costs on each path, with a cache of prompts that works as the API's. */
export async function promptCacheRows(): Promise<Row[]> {
  const totals = new Map<string, PromptUsage>();
  for (const [name, path] of Object.entries(promptPaths)) totals.set(name, totalOf((await followPath(path, turns)).usages));
  return [...totals].map(([name, total]): Row => {
    const against = promptPaths[name]?.against;
    const reference = against === undefined ? undefined : totals.get(against);
    return {
      measure: `prompt tokens read from the cache over ${turns} turns: ${name}`,
      value: `${total.cache_read_input_tokens}; written ${total.cache_creation_input_tokens}, neither ${total.input_tokens}`,
      against: reference === undefined ? '-' : `${against}: ${reference.cache_read_input_tokens}`,
      result: total.cache_read_input_tokens / (reference ?? total).cache_read_input_tokens,
      unit: 'x',
      ...(reference !== undefined && { target: { atLeast: 0.95 } }),
    };
  });
}

function totalOf(usages: readonly PromptUsage[]): PromptUsage {
  const sum = (field: keyof PromptUsage): number => usages.reduce((total, usage) => total + usage[field], 0);
  return {
    input_tokens: sum('input_tokens'),
    cache_creation_input_tokens: sum('cache_creation_input_tokens'),
    cache_read_input_tokens: sum('cache_read_input_tokens'),
  };
}
