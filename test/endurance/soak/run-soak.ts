import { setTimeout as wait } from 'node:timers/promises';
import { startMockAnthropic } from '@claude-code-api/mock-anthropic';
import { untilHealth } from '../../support/servers/until-health.ts';
import { plainCallers } from './callers/all-callers.ts';
import type { Attempt } from './problems/attempt.ts';
import { createReplyByMarker } from './create-reply-by-marker.ts';
import { createStorms, type Storms } from './create-storms.ts';
import { findAttemptProblems } from './problems/find-attempt-problems.ts';
import { findLeftProblems } from './problems/find-left-problems.ts';
import { findMeasureProblems, type Measures } from './problems/find-measure-problems.ts';
import { findStateProblems } from './problems/find-state-problems.ts';
import type { Measure } from './problems/measure.ts';
import { performCall } from './callers/perform-call.ts';
import { runLoad } from './run-load.ts';
import { idleProcesses, startSoakServer, type SoakServer } from './start-soak-server.ts';
import { toReport } from './to-report.ts';
import { untilQuiet } from './until-quiet.ts';

export interface SoakOptions {
  /** How long it goes; another minute is the most that the end may take. */
  readonly minutes: number;
  /** How long each caller rests behind what it did, in milliseconds. Default 0: as much happens as the machine can do. */
  readonly pauseMs?: number;
}

export interface SoakResult {
  /** Empty when all is as it should be. */
  readonly problems: readonly string[];
  readonly report: string;
}

interface Soak {
  readonly server: SoakServer;
  readonly storms: Storms;
  readonly attempts: Attempt[];
  readonly problems: string[];
  measures?: Measures;
}

/** What is left of the last minute is for the server to stop. */
const endMs = 42_000;
const quietMs = 20_000;

/** Lets a server of its own be used, and harmed, for a time, and tells what was wrong. */
export async function runSoak({ minutes, pauseMs = 0 }: SoakOptions): Promise<SoakResult> {
  const startedAt = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('The soak did not come to its end in time.')), minutes * 60_000 + endMs);
  const mock = await startMockAnthropic();
  const toReply = createReplyByMarker();
  const forget = (): void => {
    mock.reset();
    mock.replyWith(toReply);
  };
  forget();
  try {
    const server = await startSoakServer(mock.url);
    const soak: Soak = { server, storms: createStorms(server), attempts: [], problems: [] };
    try {
      await Promise.race([soakServer(soak, { startedAt, minutes, pauseMs, limit, forget }), rejectedBy(limit.signal)]);
    } catch (error) {
      soak.problems.push(String(error));
    }
    const closed = await server.close();
    soak.problems.push(...findLeftProblems(closed));
    return resultOf(soak);
  } finally {
    clearTimeout(timer);
    await mock.close();
  }
}

interface SoakTimes extends Required<SoakOptions> {
  readonly startedAt: number;
  /** Aborted when it must end. */
  readonly limit: AbortController;
  /** Lets go of what the mock was sent. */
  readonly forget: () => void;
}

async function soakServer(soak: Soak, { startedAt, minutes, pauseMs, limit, forget }: SoakTimes): Promise<void> {
  const { server, storms, attempts } = soak;
  const { url } = server;
  const { signal } = limit;
  const tell = (attempt: Attempt): void => {
    attempts.push(attempt);
    // One that has ended would give thousands.
    if (attempts.filter(({ outcome }) => outcome === 'wrong').length >= 20) limit.abort(new Error('Too much is wrong to go on.'));
  };

  await untilHealth(url, ({ processes }) => processes.idle === idleProcesses, 40_000);
  await Promise.all(plainCallers.map((caller) => performCall(caller, { url, signal, tell })));
  const isSame = (one: Measure, other: Measure): boolean =>
    one.handles.length === other.handles.length &&
    one.openFiles === other.openFiles &&
    one.temporaryFiles.length === other.temporaryFiles.length;
  const before = await untilQuiet(server, isSame, quietMs);

  const during: Measure[] = [];
  const loaded = new AbortController();
  const sampling = (async () => {
    while (!loaded.signal.aborted) {
      during.push(await server.measure());
      forget();
      await wait(Math.min(5000, minutes * 2500), undefined, { signal: loaded.signal }).catch(() => {});
    }
  })();
  // A slow start takes nothing from the load but a third.
  const forMs = Math.max(startedAt + minutes * 60_000 - performance.now(), minutes * 40_000);
  try {
    await runLoad({ url, forMs, pauseMs, storms, tell, signal });
  } finally {
    loaded.abort();
    await sampling;
  }
  signal.throwIfAborted();

  const killed = storms.counts.killed + storms.counts.frozen;
  const isBack = (now: Measure): boolean => findMeasureProblems({ before, during, after: now, killed }).length === 0;
  const after = await untilQuiet(server, isBack, quietMs);
  soak.measures = { before, during, after, killed };
  soak.problems.push(...findMeasureProblems(soak.measures), ...(await findStateProblems(url, attempts)));
}

function resultOf({ server, storms, attempts, problems, measures }: Soak): SoakResult {
  const all = [...findAttemptProblems(attempts, storms), ...problems];
  const log = all.length === 0 ? [] : [`The end of the server's log:\n${server.log()}`];
  return { problems: all, report: [toReport(attempts, storms, measures), ...log].join('\n\n') };
}

function rejectedBy(limit: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    limit.addEventListener('abort', () => reject(limit.reason), { once: true });
  });
}
