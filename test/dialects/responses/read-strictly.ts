import { expect } from 'vitest';
import { problemsOf } from '../../support/openapi/described-operations.ts';

interface StreamedEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly output_index?: number;
  readonly item_id?: string;
  readonly item?: { readonly id: string; readonly type: string };
  readonly response?: { readonly id: string; readonly output: readonly object[] };
}

/** What a stream has told. */
export interface StrictlyRead {
  readonly types: readonly string[];
  /** The types of the items that it has told. */
  readonly itemTypes: readonly string[];
  readonly response: StreamedEvent['response'];
}

const schemaNamed = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** `response.output_text.delta` is a `ResponseOutputTextDeltaEvent`. */
function eventSchemaOf(name: string): string {
  const words = name.replace(/^response\./, '').split(/[._]/);
  return `Response${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Event`;
}

/** Checks a whole response, as the body of a reply, by the published schemas. */
export function expectResponse(body: unknown): void {
  expect(problemsOf(body, schemaNamed('Response')), JSON.stringify(body)).toEqual([]);
}

/**
 * Checks a stream by the published schemas, and by what clients' accumulators hold it to: numbers without gaps, an item's own id in all of its
 * events, nothing of an item before its beginning or behind its end, and in the last event all items as they ended.
 */
export function readStrictly(text: string): StrictlyRead {
  const frames = text.split('\n\n').filter((frame) => frame !== '');
  expect(frames.at(-1)).toBe('data: [DONE]');
  const events = frames.slice(0, -1).map((frame) => {
    const [, name = '', data = ''] = /^event: (\S+)\ndata: ([^\n]*)$/.exec(frame) ?? [];
    const event = JSON.parse(data) as StreamedEvent;
    expect(event.type).toBe(name);
    expect(problemsOf(event, schemaNamed(eventSchemaOf(name))), data).toEqual([]);
    return event;
  });
  expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
  const open = new Map<number, { readonly id: string; readonly type: string }>();
  const ended: object[] = [];
  for (const { type, output_index: index, item, item_id: itemId } of events) {
    if (index === undefined) continue;
    if (type === 'response.output_item.added') {
      expect(index).toBe(open.size + ended.filter((each) => each !== undefined).length);
      if (item !== undefined) open.set(index, item);
    } else if (type === 'response.output_item.done') {
      expect(open.get(index)).toMatchObject({ id: item?.id, type: item?.type });
      open.delete(index);
      ended[index] = item ?? {};
    } else expect(open.get(index)?.id, type).toBe(itemId);
  }
  expect(open.size).toBe(0);
  const last = events.findLast(({ response }) => response !== undefined)?.response;
  expect(last?.output).toEqual(ended);
  return { types: events.map(({ type }) => type), itemTypes: events.flatMap(({ item }) => item?.type ?? []), response: last };
}

/** Checks the items of a list by the published schemas. */
export function expectItems(items: readonly unknown[]): void {
  for (const item of items) expect(problemsOf(item, schemaNamed('ResponseOutputItem')), JSON.stringify(item)).toEqual([]);
}
