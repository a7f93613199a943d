import * as fc from 'fast-check';
import { isRecord } from './is-record.ts';
import { nearlyValid } from './mutate-body.ts';
import { oddValue } from './odd-values.ts';
import { fillPlaceholders } from './placeholder.ts';

/** The longest line that the runner under test takes. */
export const maxLineBytes = 65_536;

/** What a CLI writes, chunk by chunk, and what it does then. */
export interface CliOutput {
  readonly chunks: readonly Buffer[];
  readonly ending: 'stays' | 'exits' | 'closes its output';
  readonly ignoresSigterm: boolean;
}

type Change = (lines: Buffer[]) => Buffer[];

const noIds = { own: [], item: [], other: [] };
const toLine = (value: unknown): Buffer => Buffer.from(fillPlaceholders(JSON.stringify(value) ?? '', noIds));

/** Lines that belong to the protocol, as far as it is known here. */
const strange: readonly Buffer[] = [
  toLine({ type: 'news' }),
  toLine({ type: '__proto__' }),
  toLine({ type: 'stream_event', event: { type: 'ping' } }),
  toLine({ type: 'stream_event' }),
  toLine({ type: 'system', subtype: 'api_retry', retry_delay_ms: 1e308 }),
  toLine({ type: 'system', subtype: 'init', mcp_servers: 'none' }),
  toLine({ type: 'control_response', response: { subtype: 'success', request_id: 'nobody asked', response: {} } }),
  toLine({ type: 'control_response', response: { subtype: 'error', request_id: '__proto__' } }),
  toLine({ type: 'control_response' }),
  toLine({
    type: 'control_request',
    request_id: '1',
    request: { subtype: 'mcp_message', message: { method: 'tools/call', id: 1, params: { _meta: { 'claudecode/toolUseId': 'toolu_1' } } } },
  }),
  toLine({ type: 'control_request', request_id: '2', request: { subtype: 'can_use_tool', tool_name: 'Bash', tool_use_id: 'toolu_2' } }),
  toLine({ type: 'control_request', request_id: '3', request: { subtype: 'hook_callback', input: { tool_name: 'mcp__x__y' } } }),
  toLine({ type: 'control_request', request_id: '4', request: { subtype: 'no such thing' } }),
  toLine({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 'nobody called' }] } }),
  toLine({ type: 'result', subtype: 'success' }),
  Buffer.from(''),
];

/** Lines that no CLI writes that is in order. */
const garbage: readonly Buffer[] = [
  Buffer.from('   '),
  Buffer.from('Segmentation fault (core dumped)'),
  Buffer.from('null'),
  Buffer.from('[1]'),
  Buffer.from('{"type":7}'),
  Buffer.from('{"type":"result","subtype":'),
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  Buffer.from('\u001b[31merror\u001b[0m'),
  Buffer.from(`{"type":"news","a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
  Buffer.from(`{"type":"news","a":"${'x'.repeat(maxLineBytes)}"}`),
];

const change: fc.Arbitrary<Change> = fc
  .tuple(
    fc.nat(1000),
    fc.nat(1000),
    fc.oneof(fc.constantFrom(...strange), fc.constantFrom(...garbage)),
    fc.constantFrom('drop', 'double', 'swap', 'cut', 'strange', 'strange', 'flip', 'join', 'end', 'return'),
  )
  .map(([where, elsewhere, line, what]): Change => (lines) => {
    if (lines.length === 0) return [line];
    const at = where % lines.length;
    const here = lines[at]!;
    const other = elsewhere % lines.length;
    switch (what) {
      case 'drop':
        return lines.toSpliced(at, 1);
      case 'double':
        return lines.toSpliced(other, 0, here);
      case 'swap':
        return lines.with(at, lines[other]!).with(other, here);
      case 'cut':
        return lines.with(at, here.subarray(0, elsewhere % (here.length + 1)));
      case 'strange':
        return lines.toSpliced(at, 0, line);
      case 'flip': {
        const flipped = Buffer.from(here);
        if (flipped.length > 0) flipped[elsewhere % flipped.length]! ^= 1 << (where % 8);
        return lines.with(at, flipped);
      }
      case 'join':
        return lines.toSpliced(at, 2, Buffer.concat([here, lines[at + 1] ?? line]));
      case 'end':
        return lines.slice(0, at);
      case 'return':
        return lines.with(at, Buffer.concat([here, Buffer.from('\r')]));
    }
  });

/** One field of one line is of a wrong kind. */
const wrongField = fc.tuple(fc.nat(1000), fc.nat(10_000), oddValue).map(([where, place, value]) => ({ where, place, value }));

/** What a CLI may write when it goes wrong in up to four ways; mostly it writes the turn, in whatever chunks. */
export function cliOutput(turn: fc.Arbitrary<Record<string, unknown>[]>): fc.Arbitrary<CliOutput> {
  const lines = fc.oneof(
    { weight: 3, arbitrary: turn.map((all) => all.map(toLine)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(turn, wrongField)
        .chain(([all, { where }]) =>
          nearlyValid(fc.constant(all[where % all.length] ?? {})).map((line) =>
            all.with(where % all.length, line as Record<string, unknown>),
          ),
        )
        .map((all) => all.map(toLine)),
    },
  );
  return fc
    .record({
      lines,
      changes: fc.array(change, { maxLength: 3 }),
      sizes: fc.array(fc.constantFrom(1, 2, 3, 7, 100, 1000, 100_000), { minLength: 1, maxLength: 4 }),
      ending: fc.constantFrom('stays' as const, 'stays' as const, 'exits' as const, 'closes its output' as const),
      endsLine: fc.boolean(),
      ignoresSigterm: fc.integer({ min: 0, max: 99 }).map((number) => number === 0),
    })
    .map(({ lines: given, changes, sizes, ending, endsLine, ignoresSigterm }) => {
      const changed = changes.reduce((all, each) => each(all), given);
      const bytes = Buffer.concat(changed.flatMap((line) => [line, Buffer.from('\n')]));
      const chunks = split(endsLine ? bytes : bytes.subarray(0, -1), sizes);
      return { chunks, ending, ignoresSigterm, [fc.toStringMethod]: () => `${bytes.toString('latin1').slice(0, 5000)}, then it ${ending}` };
    });
}

/** At most so many small chunks, for the time that they take. */
const maxChunks = 300;

function split(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const size = chunks.length < maxChunks ? sizes[chunks.length % sizes.length]! : bytes.length;
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

/** Whether there is something in it that no CLI that keeps to its protocol would write. */
export function breaksProtocol({ chunks }: CliOutput): boolean {
  const lines = Buffer.concat([...chunks])
    .toString('latin1')
    .split('\n');
  const rest = lines.pop() ?? '';
  return (
    rest.length > maxLineBytes ||
    lines.some((line) => line.length > maxLineBytes || !isProtocol(Buffer.from(line, 'latin1').toString('utf8')))
  );
}

function isProtocol(line: string): boolean {
  if (line === '') return true;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && typeof value['type'] === 'string';
  } catch {
    return false;
  }
}
