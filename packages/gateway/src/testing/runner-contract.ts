import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Turn } from '../turn/turn.ts';
import { plainTurn, type SampleTurn } from './sample-turns.ts';
import { failureCheck, portChecks, type PortCheck } from './runner/port-checks.ts';
import { sampleChecks } from './runner/sample-checks.ts';
import { stopChecks, turnChecks } from './runner/turn-checks.ts';

/** How the contract makes the runners that it checks. */
export interface RunnerContractOptions {
  /** Makes a runner that answers every turn with some text. Each check makes its own, and closes it. */
  readonly create: () => ClaudeRunner | Promise<ClaudeRunner>;
  /** Makes a runner whose turns begin, say some text, and then take ten seconds or more if nobody stops them. Absent: none can be so slow. */
  readonly createSlow?: () => ClaudeRunner | Promise<ClaudeRunner>;
  /** Makes a runner whose model says this, whatever it is asked. Absent: nobody can tell it what to say. */
  readonly createSaying?: (sample: SampleTurn) => ClaudeRunner | Promise<ClaudeRunner>;
  /** Makes a runner whose turns fail: before the first event, or after some text. Absent: they don't. */
  readonly createFailing?: (when: 'before' | 'within') => ClaudeRunner | Promise<ClaudeRunner>;
  /** What is asked. Default: `hi`, of the model `sonnet`. */
  readonly turn?: Turn;
}

/** One check of a contract. */
export interface ContractCheck {
  readonly name: string;
  /** @throws {Error} When the runner does not keep the contract. */
  readonly run: () => Promise<void>;
}

/**
 * What every `ClaudeRunner` must do, as checks that throw, for any test framework:
 * `for (const check of runnerContract(options)) test(check.name, check.run)`.
 */
export function runnerContract(options: RunnerContractOptions): ContractCheck[] {
  const { turn = plainTurn, create, createSlow, createSaying, createFailing } = options;
  return [
    ...[...turnChecks, ...portChecks].map((check) => toCheck(check, create, turn)),
    ...(createSlow === undefined ? [] : stopChecks.map((check) => toCheck(check, createSlow, turn))),
    ...(createSaying === undefined ? [] : sampleChecks(createSaying, turn)),
    ...(createFailing === undefined
      ? []
      : (['before', 'within'] as const).map((when) => toCheck(failureCheck(when), () => createFailing(when), turn))),
  ];
}

function toCheck({ name, run }: PortCheck, create: RunnerContractOptions['create'], turn: Turn): ContractCheck {
  return {
    name,
    run: async () => {
      const runner = await create();
      try {
        await run(runner, turn);
      } finally {
        await runner.close();
      }
    },
  };
}
