import { readPiece } from '@claude-code-api/gateway/messages-api';
import { cliMessageSchemas, type CliMessage } from './cli-message.ts';

/**
 * Reads a line of the CLI's stream-json output: undefined for a line of a kind, or a stream event, that does not matter here.
 *
 * @throws {SyntaxError} When the line is no JSON object with a `type`: then this is not the protocol.
 */
export function parseCliMessage(line: string): CliMessage | undefined {
  const value: unknown = JSON.parse(line);
  if (!isTyped(value)) throw new SyntaxError('A line of the CLI has no type.');
  const { type } = value;
  return toPiece(value) ?? (Object.hasOwn(cliMessageSchemas, type) ? cliMessageSchemas[type]?.safeParse(value).data : undefined);
}

type Line = Readonly<Record<string, unknown>> & { readonly type: string };

function isTyped(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** What its schema would make of a piece of an answer, as nearly all lines are; undefined where it is to say. */
function toPiece({ type, event, parent_tool_use_id: by, abandoned_blocks: abandoned }: Line): CliMessage | undefined {
  if (type !== 'stream_event' || abandoned !== undefined || (by !== undefined && by !== null && typeof by !== 'string')) return undefined;
  const piece = readPiece(event);
  return piece && { type, parent_tool_use_id: by, event: piece };
}
