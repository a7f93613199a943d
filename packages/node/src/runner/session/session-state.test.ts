import { bareId } from '@claude-code-api/gateway/runner-kit';
import { expect, test, vi } from 'vitest';
import type { CliMessage } from '../process/cli-message.ts';
import { parseCliMessage } from '../process/parse-cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import { createSessionStates } from './session-state.ts';
import type { SessionReader } from './session-ways.ts';

const stopped = new CliProcessError('ended', 'the CLI was stopped');
const begin = parseCliMessage('{"type":"stream_event","event":{"type":"message_start","message":{"model":"m","usage":{}}}}')!;
const result = (isError = false): CliMessage => ({ type: 'result', subtype: 'success', is_error: isError, num_turns: 1 });
const ownResult = parseCliMessage('{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t"}]}}')!;

function open({ singleTurn = false, endTimeoutMs = 10_000 } = {}) {
  // As the real one: whoever ends it hears of that at once.
  const cli = { kill: vi.fn(() => states.fail(stopped)), stop: vi.fn(async () => states.fail(stopped)) };
  const history = { hear: vi.fn(), fail: vi.fn() };
  const states = createSessionStates({ cli, history, singleTurn, endTimeoutMs });
  const turn = { notice: vi.fn(), hear: vi.fn(), fail: vi.fn() };
  return { cli, history, states, turn };
}

/** One whose turn has ended for the caller. */
function ended(outcome: SessionReader['outcome'], byResult = false, options = {}) {
  const session = open(options);
  session.states.begin(session.turn);
  const answer = [{ type: 'tool_use' as const, id: 'toolu_1', name: 'look', input: {} }];
  session.states.end({ outcome, answer: outcome === 'calling' ? answer : [] }, byResult);
  return session;
}

test('at the start it is the history that hears, then the turn', () => {
  const { states, history, turn } = open();
  states.hear(result());
  expect(history.hear).toHaveBeenCalledTimes(1);
  states.begin(turn);
  states.hear(begin);
  states.notice();
  states.fail(stopped);
  expect([turn.hear, turn.notice, turn.fail].map((each) => each.mock.calls.length)).toEqual([1, 1, 1]);
  expect(history.hear).toHaveBeenCalledTimes(1);
  expect(states.now.name).toBe('over');
});

test('one that ends while it is given the history says so to it', () => {
  const { states, history } = open();
  states.fail(stopped);
  expect(history.fail).toHaveBeenCalledTimes(1);
});

test('an end by the CLI’s own result leaves it idle, but where it is good for one turn only', async () => {
  expect(ended('complete', true).states.now.name).toBe('idle');
  const { states, cli } = ended('complete', true, { singleTurn: true });
  expect(states.now.name).toBe('over');
  expect(cli.stop).toHaveBeenCalledTimes(1);
});

test('before it the result is waited for', async () => {
  const { states, cli } = ended('complete');
  expect(states.now.name).toBe('ending');
  states.hear(result());
  await states.settled;
  expect(states.now.name).toBe('idle');
  expect(cli.kill).not.toHaveBeenCalled();
});

test('one that is stopped meanwhile is left to end as it does', async () => {
  const { states, cli } = ended('complete');
  states.fail(stopped);
  await states.settled;
  expect(states.now.name).toBe('over');
  expect(cli.kill).not.toHaveBeenCalled();
});

test.each<[string, (states: ReturnType<typeof open>['states']) => void]>([
  ['begins to answer again', (states) => states.hear(begin)],
  ['ends its turn with an error', (states) => states.hear(result(true))],
  ['does not end its turn', () => {}],
])('one that %s is ended at once', async (_, act) => {
  const { states, cli } = ended('complete', false, { endTimeoutMs: 1 });
  act(states);
  await states.settled;
  expect(states.now.name).toBe('over');
  expect(cli.kill).toHaveBeenCalledTimes(1);
});

test('with calls open it keeps the results of its own for the next turn', () => {
  const { states, turn, cli } = ended('calling');
  expect(states.now).toEqual({ name: 'holding-calls', calls: new Set([bareId('toolu_1')]) });
  states.hear(result());
  states.hear(ownResult);
  expect(turn.hear).not.toHaveBeenCalled();
  states.begin(turn);
  expect(turn.hear.mock.calls).toEqual([[ownResult]]);
  expect(cli.kill).not.toHaveBeenCalled();
});

test('with calls open it must not answer: then it has brought results of its own', () => {
  const { states, cli } = ended('calling');
  states.hear(begin);
  expect(states.now.name).toBe('over');
  expect(cli.kill).toHaveBeenCalledTimes(1);
});

test('one that would go on by itself is killed, but stopped where its turn is over', () => {
  const running = ended('runaway');
  expect(running.cli.kill).toHaveBeenCalledTimes(1);
  const limited = ended('runaway', true);
  expect(limited.cli.stop).toHaveBeenCalledTimes(1);
  expect(limited.cli.kill).not.toHaveBeenCalled();
});

test('what is over stays so, and hears nothing', () => {
  const { states, turn } = ended('runaway');
  states.begin(turn);
  states.hear(begin);
  expect(states.now.name).toBe('over');
  expect(turn.hear).not.toHaveBeenCalled();
});
