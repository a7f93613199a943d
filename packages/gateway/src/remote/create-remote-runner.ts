import type * as z from 'zod/mini';
import { GatewayError } from '../gateway-error.ts';
import { anyAbilities } from '../models/any-abilities.ts';
import type { ClaudeRunner, ModelAbilities, RunnerHealth, RunnerModel, TurnSpending } from '../ports/claude-runner.ts';
import { type Logger, silentLogger } from '../ports/logger.ts';
import { type Sha256, webSha256 } from '../ports/sha256.ts';
import { randomId } from '../basics/random-id.ts';
import { foldTurn, toContentBlock, type TurnFold } from '../turn/fold-turn.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Turn } from '../turn/turn.ts';
import { countTurns } from './count-turns.ts';
import { createFleet, type Fleet } from './fleet.ts';
import type { FleetMachine, MachineReport } from './known-machine.ts';
import { MachineError } from './machine-error.ts';
import { createMachineLink } from './machine-link.ts';
import { keepAnswers } from '../basics/keep-answers.ts';
import { abilitiesSchema, modelsSchema } from './model-schemas.ts';
import { countSchema, paths, type Room } from './protocol.ts';
import { sessionNames, type SessionNames } from './session-names.ts';
import { takeMediaOut } from './take-media-out.ts';

/** Which machines run the turns, and how they are asked. */
export interface RemoteRunnerOptions {
  /** The base URLs of the machines, or a function that gives them. It is called again and again, so that machines may come and go. */
  readonly machines: readonly string[] | (() => Promise<readonly string[]> | readonly string[]);
  /** The token by which the machines know this gateway; they keep its hash, see `RunnerRoutesOptions.tokenHashes`. */
  readonly token: string;
  /** What so many tokens cost; see `ClaudeRunner`. Default: what the machines tell of their models is all that is known. */
  readonly costOf?: ClaudeRunner['costOf'];
  /** See `ClaudeRunner`. Default: 2. */
  readonly maxRetries?: number;
  /** The longest that a machine says nothing while a turn runs, in milliseconds; it is given up after three times that. Default: 5000. */
  readonly heartbeatMs?: number;
  /** How often machines are asked how they are, in milliseconds between two times. Default: 5000. */
  readonly pollMs?: number;
  /** The longest line that is read of a machine, in characters. Default: 67,108,864. */
  readonly maxLineCharacters?: number;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /** Default: by WebCrypto. */
  readonly sha256?: Sha256;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

/** The runner of turns on other machines. */
export interface RemoteRunner extends ClaudeRunner {
  /** What was last known of each machine. */
  machines(): readonly MachineReport[];
}

const askTimeoutMs = 10_000;
const modelsKeptMs = 30_000;

/** Runs turns on machines that serve `addRunnerRoutes`. It needs nothing but `fetch`. */
export function createRemoteRunner(options: RemoteRunnerOptions): RemoteRunner {
  const { logger = silentLogger, sha256 = webSha256, heartbeatMs = 5000, machines } = options;
  // Drawn when it is of use: workers have no randomness until there is a request.
  let drawn: string | undefined;
  const gateway = (): string => (drawn ??= randomId());
  const turns = countTurns();
  const linkOptions = {
    ...{ token: options.token, heartbeatMs, fetch: options.fetch ?? ((...given) => fetch(...given)) },
    maxLineCharacters: options.maxLineCharacters ?? 67_108_864,
  };
  const fleet = createFleet({
    list: typeof machines === 'function' ? machines : () => machines,
    link: (url) => createMachineLink({ ...linkOptions, gateway: gateway(), url }),
    ...{ greeting: () => ({ gateway: gateway(), turns: turns.told() }), pollMs: options.pollMs ?? 5000, logger },
  });
  const closing = new AbortController();

  /** Asks any machine that answers. */
  async function askAny<Answer>(path: string, schema: z.ZodMiniType<Answer>, body?: object, signal?: AbortSignal): Promise<Answer> {
    if (closing.signal.aborted) throw shuttingDown();
    await fleet.ready();
    let failure: unknown = noMachine();
    for (const { link } of fleet.open) {
      try {
        const answer = schema.safeParse(await link.ask(path, body, askTimeoutMs, signal));
        if (answer.success) return answer.data;
        throw MachineError.brokenProtocol(answer.error);
      } catch (error) {
        // What fails upstream fails on every machine.
        if (!(error instanceof MachineError)) throw error;
        failure = error.told;
      }
    }
    throw failure;
  }

  const models = keepAnswers(async (): Promise<readonly RunnerModel[]> => (await askAny(paths.models, modelsSchema)).models, modelsKeptMs);
  const abilities = keepAnswers(
    async (model): Promise<ModelAbilities | null> =>
      (await askAny(`${paths.abilities}?model=${encodeURIComponent(model)}`, abilitiesSchema)).abilities,
    modelsKeptMs,
  );

  async function* run(
    turn: Turn,
    callerSignal: AbortSignal,
    spending: TurnSpending | undefined,
  ): AsyncGenerator<TurnEvent, void, undefined> {
    callerSignal.throwIfAborted();
    const signal = AbortSignal.any([callerSignal, closing.signal]);
    signal.throwIfAborted();
    const begunAt = performance.now();
    const [names, bare] = await Promise.all([sessionNames(turn, sha256), takeMediaOut(turn, sha256), fleet.ready()]);
    signal.throwIfAborted();
    const failed = new Set<string>();
    for (;;) {
      const machine = await choose(fleet, turn, names, failed);
      const { number, end } = turns.begin(machine.begin());
      const reader = createReader(names, (session) => fleet.hold(session, machine));
      try {
        const timeoutMs = failed.size === 0 || turn.timeoutMs === undefined ? {} : { timeoutMs: leftOf(turn.timeoutMs, begunAt) };
        const session = names.isNamed ? names.key : undefined;
        const asked = {
          ...bare,
          number,
          turn: { ...bare.turn, ...timeoutMs },
          session,
          spending,
          signal,
          onRoom: (room: Room) => machine.tell(room),
        };
        for await (const event of machine.link.run(asked)) {
          const noting = reader.note(event);
          if (noting !== undefined) await noting;
          yield event;
        }
        return;
      } catch (error) {
        if (!(error instanceof MachineError)) throw error;
        // A machine that is full is well.
        if (error.told.status !== 429) fleet.leaveOut(machine, error);
        logger.warn({ error, machine: machine.name, requestId: turn.requestId, begun: reader.hasBegun }, 'a machine failed a turn');
        // Its caller has heard nothing, so that another machine may; but once only.
        if (reader.hasBegun || failed.size > 0) throw reader.toError(error);
        failed.add(machine.name);
      } finally {
        end();
      }
    }
  }

  return {
    specificationVersion: 1,
    run,
    maxRetries: options.maxRetries ?? 2,
    ...(options.costOf !== undefined && { costOf: options.costOf }),
    models: () => models(''),
    abilities: async (model) => (await abilities(model)) ?? anyAbilities,
    countTokens: async (turn, signal) => (await askAny(paths.count, countSchema, { turn }, signal)).tokens ?? undefined,
    async forget(tenant, conversation) {
      await fleet.ready();
      // What a machine keeps that is not reached goes with its time.
      await Promise.allSettled(fleet.open.map(({ link }) => link.ask(paths.forget, { tenant, conversation }, askTimeoutMs)));
    },
    async health(): Promise<RunnerHealth> {
      if (!closing.signal.aborted) await fleet.refresh();
      const healthy = fleet.open.length > 0;
      const problem = { problem: 'None of the machines that run Claude can be asked. The details, and the log, say why.' };
      return { healthy, ...(!healthy && problem), details: { machines: Object.fromEntries(fleet.reports().map(toDetails)) } };
    },
    machines: () => fleet.reports(),
    async close() {
      closing.abort(shuttingDown());
      fleet.close();
    },
  };
}

/** After one that failed it may be the same again, where there is no other and it answers. */
async function choose(fleet: Fleet, turn: Turn, names: SessionNames, failed: ReadonlySet<string>): Promise<FleetMachine> {
  const last = turn.messages.at(-1)?.content ?? [];
  const holdsCalls = last.length > 0 && last.every(({ type }) => type === 'tool_result');
  const stays = holdsCalls || (turn.profile !== undefined && turn.conversation !== undefined);
  const place = (except: ReadonlySet<string>): FleetMachine | undefined => fleet.place({ key: names.key, stays }, names.before, except);
  const first = place(failed);
  if (first !== undefined) return first;
  await fleet.refresh();
  const second = place(failed) ?? place(new Set());
  if (second === undefined) throw noMachine();
  return second;
}

/** Follows a turn as far as its placement is concerned. */
function createReader(names: SessionNames, hold: (session: string) => void) {
  const fold: TurnFold | undefined = names.isNamed ? undefined : foldTurn();
  let hasBegun = false;
  let hasWorked = false;
  return {
    get hasBegun() {
      return hasBegun;
    },
    note(event: TurnEvent): Promise<void> | undefined {
      hasBegun = true;
      hasWorked ||= event.type === 'activity-start';
      fold?.add(event);
      // Before its caller knows of the end, so that a follow-up finds the machine.
      if (event.type !== 'turn-end') return undefined;
      return names.after(fold?.answer.blocks.flatMap((block) => toContentBlock(block) ?? []) ?? []).then(hold);
    },
    /** An agent has used a tool: clients are not to try again by themselves, or it would be done twice. */
    toError: ({ told }: MachineError): GatewayError => (hasWorked ? told.with({ shouldRetry: false }) : told),
  };
}

function leftOf(timeoutMs: number, begunAt: number): number {
  return Math.max(1, Math.round(timeoutMs - (performance.now() - begunAt)));
}

function toDetails({ name, details, ...report }: MachineReport): [string, object] {
  return [name, { ...report, ...details }];
}

function noMachine(): GatewayError {
  return new GatewayError('None of the machines that run Claude can be asked now. Please try again.', {
    status: 503,
    code: 'runner_unavailable',
    retryAfterSeconds: 5,
  });
}

function shuttingDown(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', { status: 503, code: 'shutting_down', retryAfterSeconds: 1 });
}
