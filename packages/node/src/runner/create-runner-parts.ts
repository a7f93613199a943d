import { createAgentHosts } from './agents/agent-hosts.ts';
import { checkProfiles } from './profile/check-profiles.ts';
import { createCliConversation } from './session/session.ts';
import { createCliLauncher } from './process/cli-launcher.ts';
import type { CliRunnerOptions } from './cli-runner-options.ts';
import { createConversationStarter } from './pool/session-starter.ts';
import { createCurrentCli } from './cli/current-cli.ts';
import { createLiveConversations, liveDefaults } from './pool/live-sessions.ts';
import { createModelList } from './models/model-list.ts';
import { createPriceList } from './models/create-price-list.ts';
import { privateParentOf } from './process/private-directory.ts';
import { primeProcess } from './pool/prime-process.ts';
import { createRefillSchedule } from './pool/refill-schedule.ts';
import { residentMemory } from './pool/resident-memory.ts';
import { createWarmPool } from './pool/warm-pool.ts';

/**
 * What a runner is made of, with the defaults of its options.
 *
 * @throws {Error} When a profile can't be had on this machine.
 */
export function createRunnerParts(options: CliRunnerOptions) {
  const { logger, insight } = options;
  const cli = createCurrentCli(options.cli, logger);
  const maxRetries = options.maxRetries ?? 2;
  const startTimeoutMs = options.startTimeoutMs ?? 30_000;
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
    maxRetries,
    maxLineBytes: options.maxLineBytes ?? 67_108_864,
    controlTimeoutMs: startTimeoutMs,
    // It may have been moved by an update.
    onNoStart: () => void cli.check(),
    insight,
  });
  const pool = createWarmPool({
    start: () => launcher.start(),
    breaker: launcher.breaker,
    prime: (fresh) => primeProcess(fresh, models),
    minIdle: options.minIdle ?? 1,
    maxIdle: options.maxIdle ?? 4,
    logger,
  });
  const waiting = liveDefaults(launcher.login);
  const live = createLiveConversations({
    maxLive: options.maxLive ?? waiting.count,
    idleMs: options.liveIdleMs ?? waiting.idleSeconds * 1000,
    maxMemoryBytes: options.maxLiveMemoryBytes ?? 4_294_967_296,
    measure: residentMemory,
  });
  const priceOf = createPriceList({ prices: options.prices ?? {}, listed: () => models.known });
  const conversations = {
    firstEventTimeoutMs: options.firstEventTimeoutMs ?? 120_000,
    historyTimeoutMs: startTimeoutMs,
    priceOf,
    cliRetries: maxRetries > 0,
    onRetry: () => insight?.turnRetried('upstream'),
  };
  const starter = createConversationStarter({
    take: () => pool.take(),
    resume: (earlier, turn) => launcher.resume(earlier, turn.model),
    create: (process) => createCliConversation(process, conversations),
    logger,
  });
  const agents = createAgentHosts({
    profiles: options.profiles ?? {},
    workRoot: options.workRoot,
    conversationTtlMs: options.conversationTtlMs ?? 1_800_000,
    launcher,
    conversation: conversations,
    prime: (fresh) => primeProcess(fresh, models),
    insight,
    logger,
  });
  let isOpen = launcher.login !== 'cloud';
  const refills = createRefillSchedule(() => {
    if (!isOpen) return;
    pool.refill();
    agents.refill();
  });
  /** On a cloud the CLI finds out by paid requests which models it may use: one process does, before all others. */
  async function open(): Promise<void> {
    // One that can't tell keeps nobody from asking.
    if (!isOpen) await models.get(() => launcher.start()).catch(() => []);
    isOpen = true;
  }
  return { maxRetries, cli, launcher, pool, live, models, starter, agents, refills, priceOf, opened: open() };
}
