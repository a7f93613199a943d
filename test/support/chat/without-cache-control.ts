import { inBlocks } from './in-blocks.ts';

/** A deep copy without the `cache_control` keys, which say how a request is billed and nothing of what it says; and in blocks. */
export function withoutCacheControl<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(inBlocks(value), (key, each: unknown) => (key === 'cache_control' ? undefined : each))) as Value;
}
