/** A server-sent event whose data is a JSON object. */
export interface ParsedEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Parses a whole Messages stream, strictly: each event has exactly an `event` and a `data` line, and the name is the data's type.
 *
 * @throws {Error} when an event has another form.
 */
export function parseStream(text: string): ParsedEvent[] {
  if (!text.endsWith('\n\n')) throw new Error('The stream ends within an event.');
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const match = /^event: (\w+)\ndata: (\{.*\})$/u.exec(block);
      if (match?.[1] === undefined || match[2] === undefined) throw new Error(`Not an event: ${block.slice(0, 100)}`);
      const data: ParsedEvent['data'] = JSON.parse(match[2]);
      if (data['type'] !== match[1]) throw new Error(`Event ${match[1]} has data of type ${String(data['type'])}.`);
      return { event: match[1], data };
    });
}
