import { hash } from 'node:crypto';
import type { Logger } from '@claude-code-api/gateway';
import { createRemoteRunner, type MachineReport, type RemoteRunner } from '@claude-code-api/gateway/remote-runner';
import { costOf } from '@claude-code-api/gateway/runner-kit';
import * as z from 'zod';
import type { Settings } from '../config/settings-schema.ts';
import { createPriceList, type ModelPrices } from '../runner/models/model-prices.ts';
import type { MachineSummary, RunnerInsight, RunnerState } from '../runner/process/runner-insight.ts';
import { listMachines } from './list-machines.ts';

export interface RemoteRunnerParts {
  readonly prices: ModelPrices;
  readonly logger: Logger;
  readonly insight: Pick<RunnerInsight, 'watch'> | undefined;
}

const longestPollMs = 5000;

/** The runner of turns on the machines that the settings name. */
export async function openRemoteRunner(settings: Settings, { prices, logger, insight }: RemoteRunnerParts): Promise<RemoteRunner> {
  const { claude } = settings;
  const list = await listMachines(settings, logger);
  const priceOf = createPriceList({ prices, listed: () => [] });
  const names = new Map<string, string>();
  const runner = createRemoteRunner({
    machines: () => list.read(),
    token: claude.runner_token ?? '',
    costOf(model, usage) {
      const price = priceOf(names.get(model) ?? model);
      return price && costOf(usage, price);
    },
    maxRetries: claude.max_retries,
    // Three silences make a loss.
    heartbeatMs: (claude.machine_timeout_seconds * 1000) / 3,
    pollMs: Math.min(longestPollMs, (claude.machine_timeout_seconds * 1000) / 3),
    logger,
    sha256: (text) => hash('sha256', text),
  });
  insight?.watch(async () => toState(runner.machines()));
  return {
    ...runner,
    async models() {
      const models = await runner.models();
      for (const { id, resolvedId } of models) names.set(id, resolvedId);
      return models;
    },
    async close() {
      await runner.close();
      list.close();
    },
  };
}

const detailsSchema = z.looseObject({
  cli: z.looseObject({ version: z.string() }).optional(),
  processes: z
    .looseObject({ starting: z.number().default(0), liveMemoryBytes: z.number().default(0), liveMemoryKind: z.string().default('rss') })
    .optional(),
});

/** What the machines are together, and each by itself. */
function toState(reports: readonly MachineReport[]): RunnerState {
  const all = reports.map((report) => ({ ...report, ...detailsSchema.safeParse(report.details).data }));
  const sum = (count: (report: (typeof all)[number]) => number | undefined): number =>
    all.reduce((total, report) => total + (report.room === undefined ? 0 : (count(report) ?? 0)), 0);
  const machines = Object.fromEntries(reports.map((report) => [report.name, toSummary(report)]));
  return {
    cliVersion: [...new Set(all.flatMap(({ cli }) => cli?.version ?? []))].join(', '),
    processes: {
      idle: sum(({ room }) => room?.warm),
      starting: sum(({ processes }) => processes?.starting),
      live: sum(({ room }) => room?.live),
      liveMemoryBytes: sum(({ processes }) => processes?.liveMemoryBytes),
      // Where some say the one and some the other, what they share counts more than once.
      liveMemoryKind: all.every(({ processes }) => processes?.liveMemoryKind !== 'rss') ? 'pss' : 'rss',
      all: sum(({ room }) => (room === undefined ? 0 : room.warm + room.live + room.running)),
    },
    circuit: reports.some(({ status }) => status === 'ok') ? 'closed' : 'open',
    isLoginRefused: false,
    mcpServers: {},
    machines,
  };
}

function toSummary({ status, room }: MachineReport): MachineSummary {
  const none = { places: 0, running: 0, queued: 0, warm: 0, live: 0, load: 0 };
  return { status, ...(room ?? none) };
}
