import type { JsonObject } from '../turn/tool.ts';

/** Ids of which only the beginning is given, such as `msg_`, tell the response too. */
export function withWholeIds(input: readonly JsonObject[], response: string): JsonObject[] {
  return input.map((item, index) => {
    const { id } = item;
    return typeof id === 'string' && id.endsWith('_')
      ? { ...item, id: `${id}${response.slice('resp_'.length)}i${index.toString(16)}` }
      : item;
  });
}
