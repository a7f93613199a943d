import { GatewayError } from '../../gateway-error.ts';
import type { PreparedTurn } from './prepare-turn.ts';

/** What the API calls a tool, by its place in the request: `tools.1.custom.input_schema.properties: ...` */
const place = /\btools\.(\d+)\.(?:custom\.)?/;

/**
 * Lets an error about a tool name the caller's own tool, which stands elsewhere in the caller's list. Others are as they were.
 *
 * @param turn As it was asked.
 */
export function nameTools(error: unknown, turn: PreparedTurn): unknown {
  if (!GatewayError.isInstance(error) || error.status !== 400) return error;
  const [found = '', index] = place.exec(error.message) ?? [];
  const tool = (turn.shownTools ?? turn.tools)[Number(index)];
  if (tool === undefined) return error;
  const isAnswer = tool.name === turn.answerTool;
  const message = error.message.replace(found, isAnswer ? `the schema of 'outputSchema', ` : `the tool '${tool.name}', `);
  return error.with({ message, param: isAnswer ? 'outputSchema' : 'tools' });
}
