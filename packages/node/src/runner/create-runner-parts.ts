import { availableParallelism } from 'node:os';
import { createProfiles } from './agents/profiles.ts';
import { pureLaunch } from './agents/pure-launch.ts';
import { cliRunnerDefaults, type CliRunnerOptions } from './cli-runner-options.ts';
import { createCurrentCli } from './cli/current-cli.ts';
import { createPriceList } from './models/model-prices.ts';
import { createModelList, type ModelList } from './models/model-list.ts';
import type { ListedModel } from './models/parse-models.ts';
import { createLiveSessions, liveDefaults } from './pool/live-sessions.ts';
import { createRefillSchedule } from './pool/plan-pool.ts';
import { createProcessMemory } from './process/process-memory.ts';
import { createCliLauncher } from './process/cli-launcher.ts';
import { privateParentOf } from './process/private-directory.ts';
import { checkProfiles } from './profile/check-profiles.ts';
import type { CliProcess } from './process/cli-process.ts';

/**
 * What a runner is made of, with the defaults of its options.
 *
 * @throws {Error} When a profile can't be had on this machine.
 */
export function createRunnerParts(options: CliRunnerOptions) {
  const { logger, insight, processes = {} } = options;
  const cli = createCurrentCli(options.cli, logger);
  const maxRetries = options.maxRetries ?? cliRunnerDefaults.maxRetries;
  const startTimeoutMs = options.startTimeoutMs ?? cliRunnerDefaults.startTimeoutMs;
  const privateParent = privateParentOf(options.profiles ?? {});
  checkProfiles(options.profiles ?? {}, options.workRoot ?? privateParent, logger);
  const models = createModelList(() => cli.version);
  const launcher = createCliLauncher({
    cli,
    logger,
    environment: options.environment ?? process.env,
    privateParent,
    moreVariables: options.moreVariables,
    fullName: (alias) => models.fullName(alias),
    onModels: (told) => models.learn(told),
    maxRetries,
    maxLineBytes: options.maxLineBytes ?? cliRunnerDefaults.maxLineBytes,
    controlTimeoutMs: startTimeoutMs,
    // It may have been moved by an update.
    onNoStart: () => void cli.check(),
    insight,
  });
  const waiting = liveDefaults(launcher.login);
  const live = createLiveSessions({
    maxLive: processes.maxLive ?? waiting.count,
    idleMs: processes.liveIdleMs ?? waiting.idleSeconds * 1000,
    maxMemoryBytes: processes.maxLiveMemoryBytes ?? cliRunnerDefaults.maxLiveMemoryBytes,
    memory: createProcessMemory(),
  });
  const priceOf = createPriceList({ prices: options.prices ?? {}, listed: () => models.known });
  const launch = pureLaunch(launcher, logger);
  const profiles = createProfiles({
    ...{ launcher, launch, insight, logger },
    profiles: options.profiles ?? {},
    workRoot: options.workRoot,
    conversationTtlMs: options.conversationTtlMs ?? cliRunnerDefaults.conversationTtlMs,
    minIdle: processes.minIdle ?? cliRunnerDefaults.minIdle,
    maxIdle: processes.maxIdle ?? cliRunnerDefaults.maxIdle,
    session: {
      firstEventTimeoutMs: options.firstEventTimeoutMs ?? cliRunnerDefaults.firstEventTimeoutMs,
      historyTimeoutMs: startTimeoutMs,
      priceOf,
      cliRetries: maxRetries > 0,
      onRetry: () => insight?.turnRetried('upstream'),
    },
    prime: (fresh) => primeProcess(fresh, models),
    turns: () => refills.turns,
    maxStarts: Math.floor(availableParallelism() / 2),
    underWay: new Map(),
  });
  let isOpen = launcher.login !== 'cloud';
  const refills = createRefillSchedule(() => {
    if (isOpen) profiles.refill();
  });
  const getModels = (): Promise<readonly ListedModel[]> => models.get(() => launcher.start(launch), profiles.keep);
  /** On a cloud the CLI finds out by paid requests which models it may use: one process does, before all others. */
  async function open(): Promise<void> {
    // A CLI that can't list its models keeps nobody from asking.
    if (!isOpen) await getModels().catch(() => []);
    isOpen = true;
  }
  return { maxRetries, cli, launcher, live, models, getModels, profiles, refills, priceOf, opened: open() };
}

const primingRounds = 4;

/**
 * Has a fresh process do some of what a turn will need. None of it changes anything that a later request would see; what it runs
 * through is compiled by the time it is needed. Whoever takes the process meanwhile speaks after the first ones, which are
 * written at once; the rest only reads.
 */
async function primeProcess(fresh: CliProcess, models: ModelList): Promise<void> {
  await Promise.all([
    // A process that does not list its models is of use all the same.
    models.ask(fresh).catch(() => {}),
    fresh.control({ subtype: 'get_settings' }),
    fresh.control({ subtype: 'apply_flag_settings', settings: { env: { CLAUDE_CODE_EXTRA_BODY: '{}' } } }),
  ]);
  for (let round = 0; round < primingRounds; round += 1) await fresh.control({ subtype: 'get_settings' });
}
