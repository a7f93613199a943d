import { tmpdir } from 'node:os';
import type { ClaudeRunner, Turn, TurnEvent } from '@claude-code-api/gateway';
import type { AgentHost } from './agent-host.ts';
import { createAgentHosts } from './agent-hosts.ts';
import { checkProfiles } from './check-profiles.ts';
import { createCliConversation, type CliConversation } from './cli-conversation.ts';
import { createCliLauncher } from './cli-launcher.ts';
import type { CliRunnerOptions } from './cli-runner-options.ts';
import { createConversationStarter } from './conversation-starter.ts';
import { cutHistory } from './cut-history.ts';
import { expandSteps } from './expand-steps.ts';
import { guardProcess } from './guard-process.ts';
import { digestHistory, type HistoryDigests } from './history-digest.ts';
import { limitTime } from './limit-time.ts';
import { createLiveConversations } from './live-conversations.ts';
import { abilitiesOf } from './model-abilities.ts';
import { createModelList } from './model-list.ts';
import { createLoginCheck } from './login-check.ts';
import { noRetryAfterWork } from './no-retry-after-work.ts';
import { prepareTurn, type PreparedTurn } from './prepare-turn.ts';
import { primeProcess } from './prime-process.ts';
import { createRefillSchedule } from './refill-schedule.ts';
import { residentMemory } from './resident-memory.ts';
import { retryStart } from './retry-start.ts';
import { shuttingDown, unavailable } from './runner-failures.ts';
import { toAgentTurn } from './to-agent-turn.ts';
import { createThinkingMemory } from './thinking-memory.ts';
import { toRunnerHealth } from './to-runner-health.ts';
import { createWarmPool } from './warm-pool.ts';

export type { CliRunnerOptions };

/**
 * Runs turns on the real Claude Code CLI: long-lived processes, spoken to in its stream-json protocol.
 *
 * @throws {Error} When a profile can't be had on this machine.
 */
export function createCliRunner(options: CliRunnerOptions): ClaudeRunner {
  const { cli, logger } = options;
  const startTimeoutMs = options.startTimeoutMs ?? 30_000;
  checkProfiles(options.profiles ?? {}, options.workRoot ?? tmpdir(), logger);
  const launcher = createCliLauncher({
    cli,
    logger,
    environment: options.environment ?? process.env,
    maxRetries: options.maxRetries ?? 2,
    maxLineBytes: options.maxLineBytes ?? 67_108_864,
    controlTimeoutMs: startTimeoutMs,
  });
  const pool = createWarmPool({
    start: () => launcher.start(),
    prime: (fresh) => primeProcess(fresh, models),
    minIdle: options.minIdle ?? 1,
    maxIdle: options.maxIdle ?? 4,
    logger,
  });
  const live = createLiveConversations({
    maxLive: options.maxLive ?? 10,
    idleMs: options.liveIdleMs ?? 300_000,
    maxMemoryBytes: options.maxLiveMemoryBytes ?? 4_294_967_296,
    measure: residentMemory,
  });
  const limits = { firstEventTimeoutMs: options.firstEventTimeoutMs ?? 120_000, historyTimeoutMs: startTimeoutMs };
  const starter = createConversationStarter({
    take: () => pool.take(),
    resume: (earlier, turn) => launcher.resume(earlier, turn.model),
    create: (process) => createCliConversation(process, limits),
    logger,
  });
  const agents = createAgentHosts({
    profiles: options.profiles ?? {},
    workRoot: options.workRoot,
    conversationTtlMs: options.conversationTtlMs ?? 1_800_000,
    launcher,
    conversation: limits,
    prime: (fresh) => primeProcess(fresh, models),
    logger,
  });
  const refills = createRefillSchedule(() => {
    pool.refill();
    agents.refill();
  });
  const thoughts = createThinkingMemory();
  const loginCheck = createLoginCheck(cli.path, launcher.environment);
  const models = createModelList();
  let closed = false;
  pool.refill();

  async function conversationFor(
    turn: PreparedTurn,
    digests: HistoryDigests,
    host: AgentHost | undefined,
    signal: AbortSignal,
  ): Promise<{ conversation: CliConversation; asked: PreparedTurn }> {
    const known = digests.before === undefined ? undefined : live.take(digests.before);
    if (known !== undefined) {
      if (await guardProcess(known, signal, () => known.accepts(turn))) return { conversation: known, asked: thoughts.restore(turn) };
      void known.stop();
    }
    const asked = cutHistory(thoughts.restore(turn), options.maxHistoryMessages ?? Number.POSITIVE_INFINITY);
    if (host === undefined) return { conversation: await starter.start(asked, signal), asked };
    const expanded = { ...asked, messages: expandSteps(asked.messages) };
    return { conversation: await host.start(expanded, signal), asked: expanded };
  }

  async function* attempt(turn: Turn, signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    const host = agents.of(turn);
    const abilities = abilitiesOf(turn.model, models.known);
    const prepared = prepareTurn(host === undefined ? turn : toAgentTurn(turn, abilities, host.tools), abilities);
    const digests = digestHistory(prepared, host?.scope(prepared));
    const { conversation, asked } = await conversationFor(prepared, digests, host, signal);
    let model = '';
    for await (const event of conversation.ask(asked, signal)) {
      if (event.type === 'turn-start') model = event.model;
      if (event.type === 'turn-end') {
        thoughts.keep(asked, { content: conversation.answer, model });
        // Before the caller knows of the end, so that its follow-up finds the process.
        if (!conversation.isOver) live.put(digests.after(conversation.answer), conversation);
      }
      yield event;
    }
  }

  return {
    async *run(turn, callerSignal) {
      const ended = refills.begin();
      const limit = limitTime(callerSignal, turn.timeoutMs);
      const { signal } = limit;
      try {
        const events = retryStart(() => attempt(turn, signal), { signal, isClosed: () => closed, logger });
        yield* turn.profile === undefined ? events : noRetryAfterWork(events);
      } finally {
        limit.release();
        ended();
      }
    },

    async models() {
      try {
        return await models.get(() => launcher.start());
      } catch (error) {
        throw closed ? shuttingDown() : unavailable(error);
      }
    },

    forget: (tenant, id) => agents.forget(tenant, id),

    sampling: async (model) => abilitiesOf(model, models.known).sampling,

    health: async () =>
      toRunnerHealth({
        version: cli.version,
        login: await loginCheck(),
        bare: launcher.login === 'api-key',
        historyMode: starter.historyMode,
        pool: pool.state(),
        live: live.state(),
        profiles: agents.state(),
      }),

    async close() {
      closed = true;
      refills.close();
      pool.close();
      agents.close();
      live.close();
      await launcher.close();
      await agents.cleanUp();
    },
  };
}
