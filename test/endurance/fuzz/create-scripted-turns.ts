import { GatewayError, type Turn } from '@claude-code-api/gateway';
import { noUsage } from '@claude-code-api/gateway/runner-kit';
import { createScriptedRunner, type ScriptEvent, type ScriptedRunner } from '@claude-code-api/gateway/testing';

export interface ScriptedTurns {
  readonly runner: ScriptedRunner;
  /** How many turns so far had a reason to fail on the server's side. */
  readonly faults: () => number;
}

/** A runner that answers by what the last message says; some messages have it fail. */
export function createScriptedTurns(): ScriptedTurns {
  let faults = 0;

  function* script(turn: Turn): Generator<ScriptEvent> {
    const last = turn.messages
      .at(-1)
      ?.content.map((block) => (block.type === 'text' ? block.text : ''))
      .join('');
    // The answer does not fit every schema, which is the model's fault.
    if (turn.outputSchema !== undefined || last === 'break unexpectedly' || last === 'break late' || last === 'be overloaded') faults += 1;
    if (last === 'break unexpectedly') throw new Error(`ENOENT: no such file or directory, open '${import.meta.dirname}/secret'`);
    if (last === 'be overloaded') throw new GatewayError('Overloaded', { status: 503, code: 'overloaded' });
    yield { type: 'turn-start', model: turn.model, usage: noUsage };
    if (last === 'break late') {
      yield { type: 'text-delta', text: 'Well' };
      throw new TypeError(`Cannot read properties of undefined (reading 'x') in ${import.meta.filename}`);
    }
    const [tool] = turn.tools;
    const calls = last === 'call a tool' && tool !== undefined;
    if (calls) {
      yield { type: 'call', id: 'toolu_1', name: tool.name };
      yield { type: 'input-delta', json: '{"a":1}' };
    } else if (last !== 'say nothing') {
      yield { type: 'thinking-delta', thinking: 'Hm.' };
      for (const text of turn.outputSchema === undefined ? ['Hello ', 'world'] : ['{"a"', ':1}']) yield { type: 'text-delta', text };
    }
    yield { type: 'usage', usage: { ...noUsage, inputTokens: 10, outputTokens: 2 } };
    yield { type: 'turn-end', reason: calls ? 'tool_use' : last === 'be cut' ? 'max_tokens' : 'end_turn' };
  }

  return { runner: createScriptedRunner({ script, keepTurns: false }), faults: () => faults };
}
