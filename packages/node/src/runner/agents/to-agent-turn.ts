import { GatewayError, type Turn, type ModelAbilities } from '@claude-code-api/gateway';

/**
 * A turn in terms of what can be asked of an agent. Not to call the caller's tools must not mean to call none, so they are
 * left out; and no call can be forced that is the answer, since the agent's own calls come first.
 *
 * @param ownTools The names of the agent's own tools.
 * @throws {GatewayError} When a tool has the name of one of the agent's, or the answer must fit a schema that the model can't be
 *   held to beside tools.
 */
export function toAgentTurn(turn: Turn, abilities: ModelAbilities, ownTools: readonly string[]): Turn {
  const taken = turn.tools.find(({ name }) => ownTools.includes(name) || name.startsWith('mcp__'));
  if (taken !== undefined) throw nameTaken(taken.name);
  if (turn.outputSchema !== undefined && !abilities.outputFormat) {
    throw new GatewayError(
      `The model \`${turn.model}\` does not take a schema for its answer together with a profile. Use a newer model.`,
      {
        status: 400,
        code: 'unsupported_parameter',
        param: 'outputSchema',
      },
    );
  }
  // The CLI itself tells the API of them, and of none that is strict.
  if (turn.toolChoice?.type !== 'none') return { ...turn, tools: turn.tools.map((tool) => ({ ...tool, strict: false })) };
  const { toolChoice: _none, ...rest } = turn;
  return { ...rest, tools: [] };
}

function nameTaken(name: string): GatewayError {
  return new GatewayError(`The name of the tool '${name}' is that of a tool of the server's own. Choose another one.`, {
    status: 400,
    code: 'invalid_value',
    param: 'tools',
  });
}
