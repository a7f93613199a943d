import type { Message, Turn, TurnEvent } from '@claude-code-api/gateway';
import { foldTurn, toContentBlock } from '@claude-code-api/gateway/runner-kit';
import { createCliRunner, type CliRunnerOptions } from '@claude-code-api/node';
import { startMockAnthropic, textReply, toolUseReply, type MockAnthropic, type ToolUseCall } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../cli/cli-versions.ts';
import { mockEnvironment } from '../cli/mock-environment.ts';

interface Result {
  readonly id: string;
  readonly tool: string;
  readonly result: string;
  readonly isError: boolean;
  readonly denied: boolean;
}

export interface Asked {
  readonly events: readonly TurnEvent[];
  readonly text: string;
  /** Of each activity, in order of its end. */
  readonly results: readonly Result[];
  readonly end: Extract<TurnEvent, { type: 'turn-end' }>;
  /** The answer as a message of the history, with its steps. */
  readonly message: Message;
}

export interface Agents {
  readonly mock: MockAnthropic;
  readonly runner: ReturnType<typeof createCliRunner>;
  /** Lines that were logged, as JSON. */
  readonly log: readonly string[];
  ask(turn: Partial<Turn> & Pick<Turn, 'messages'>): Promise<Asked>;
  close(): Promise<void>;
}

let ids = 0;

/** A call as the model makes it, with an id of its own. */
export function callOf(name: string, input: Readonly<Record<string, unknown>>): ToolUseCall {
  return { id: `toolu_agent_${(ids += 1)}`, name, input };
}

export function say(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] };
}

/** Has the model make these calls, one step after another, and then say that it is done. */
export function scriptSteps(mock: MockAnthropic, ...steps: readonly (readonly ToolUseCall[])[]): void {
  mock.reply(...steps.map((calls, index) => toolUseReply(calls, { text: `Step ${index + 1}.` })), textReply('Done.'));
}

/**
 * What came of each of these calls, in their order: those of one step may end in another.
 *
 * @throws {Error} When one was not tried, as what is beside it had failed.
 */
export function resultsOf({ results }: Asked, calls: readonly ToolUseCall[]): Result[] {
  return calls.map(({ id }) => {
    const found = results.filter((result) => result.id === id);
    if (found[0] === undefined || found.length > 1) throw new Error(`${id} has ${found.length} results.`);
    if (/(parallel|sibling) tool call/i.test(found[0].result)) throw new Error(`${id} was not tried: ${found[0].result}`);
    return found[0];
  });
}

/** A runner with the real CLI in front of the mock API. */
export async function startAgents(
  options: Omit<CliRunnerOptions, 'cli' | 'logger'> & Partial<Pick<CliRunnerOptions, 'cli'>>,
): Promise<Agents> {
  const mock = await startMockAnthropic();
  const log: string[] = [];
  const record = (fields: object, message: string): void => void log.push(JSON.stringify({ ...fields, message }));
  const runner = createCliRunner({
    cli: newestCli,
    logger: { debug: record, info: record, warn: record, error: record },
    processes: { minIdle: 0, maxIdle: 0 },
    maxRetries: 0,
    ...options,
    environment: { ...mockEnvironment(mock.url), ...options.environment },
  });
  return {
    mock,
    runner,
    log,
    async ask(turn) {
      const whole: Turn = {
        // An alias would have a process list the models.
        model: 'claude-sonnet-5-5',
        profile: 'agent',
        system: [],
        tools: [],
        sampling: {},
        thinking: { type: 'off' },
        tenant: 'tenant',
        ...turn,
      };
      const events: TurnEvent[] = [];
      for await (const event of runner.run(whole, new AbortController().signal)) events.push(event);
      return toAsked(events);
    },
    async close() {
      await runner.close();
      await mock.close();
    },
  };
}

function toAsked(events: readonly TurnEvent[]): Asked {
  const end = events.at(-1);
  if (end?.type !== 'turn-end') throw new Error('The turn has no end.');
  const names = new Map(events.flatMap((event) => (event.type === 'activity-start' ? [[event.id, event.name]] : [])));
  return {
    events,
    text: events.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    results: events.flatMap((event) =>
      event.type === 'activity-end'
        ? [{ id: event.id, tool: names.get(event.id) ?? '', result: event.result, isError: event.isError, denied: event.denied }]
        : [],
    ),
    end,
    message: {
      role: 'assistant',
      content: foldTurn(events).answer.blocks.flatMap((block) => toContentBlock(block) ?? []),
      ...(end.steps !== undefined && { steps: end.steps }),
    },
  };
}
