import { GatewayError, type TurnEvent } from '@claude-code-api/gateway';
import type { PreparedTurn } from './prepare-turn.ts';

/** What the API calls a tool, by its place in the request: `tools.1.custom.input_schema.properties: ...` */
const place = /\btools\.(\d+)\.(?:custom\.)?/;

/**
 * Lets an error about a tool name the caller's own tool, which stands elsewhere in the caller's list.
 *
 * @param turn As it was asked; undefined where the order of its tools in the request is not known.
 */
export async function* withNamedTools(
  events: AsyncIterable<TurnEvent>,
  turn: PreparedTurn | undefined,
): AsyncGenerator<TurnEvent, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    const [found = '', index] = (GatewayError.isInstance(error) && place.exec(error.message)) || [];
    const tool = (turn?.shownTools ?? turn?.tools)?.[Number(index)];
    if (!GatewayError.isInstance(error) || error.status !== 400 || tool === undefined) throw error;
    const isAnswer = tool.name === turn?.answerTool;
    const message = error.message.replace(found, isAnswer ? `the schema of 'outputSchema', ` : `the tool '${tool.name}', `);
    throw error.with({ message, param: isAnswer ? 'outputSchema' : 'tools' });
  }
}
