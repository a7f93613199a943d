import { setTimeout as wait } from 'node:timers/promises';
import { startMockAnthropic } from '@claude-code-api/mock-anthropic';
import { makeKeys } from '../../../support/servers/make-keys.ts';
import { plainCallers } from '../callers/all-callers.ts';
import { attackWithKey } from './attack-with-key.ts';
import type { Attempt } from '../problems/attempt.ts';
import { createReplyByMarker } from '../create-reply-by-marker.ts';
import { findLeftProblems } from '../problems/find-left-problems.ts';
import { performCall } from '../callers/perform-call.ts';
import type { SoakOptions, SoakResult } from '../run-soak.ts';
import { startSoakServer } from '../start-soak-server.ts';
import { toTable } from '../to-table.ts';

/** Those of the good ones: whoever leaves has no time that could be compared. */
const goodCallers = plainCallers.filter(({ kind }) => !kind.startsWith('leaving'));
const { keys, settings } = makeKeys({ one: {}, other: {}, hostile: {} });
const goodKeys = ['one', 'other'] as const;

/** What the others may be slower by: by half, and what a busy machine makes of it. */
const mostTimes = 1.5;
const noiseMs = 250;

export interface HostileSoakOptions extends SoakOptions {
  /** Whether answers may not take longer beside the hostile key either. Default true. */
  readonly comparesTimes?: boolean;
}

/** Asks with good keys, for half of the time beside a hostile one, and tells whether they have noticed. */
export async function runHostileSoak({ minutes, pauseMs = 0, comparesTimes = true }: HostileSoakOptions): Promise<SoakResult> {
  const mock = await startMockAnthropic();
  const toReply = createReplyByMarker();
  const forget = (): void => {
    mock.reset();
    mock.replyWith(toReply);
  };
  forget();
  const forgetting = setInterval(forget, 5000);
  try {
    const server = await startSoakServer(mock.url, { ...settings, 'claude.max_concurrent_sessions': '6', 'storage.max_megabytes': '5' });
    try {
      const { url } = server;
      // The first that are asked take longer.
      if (comparesTimes) await ask(url, { forMs: 5000, pauseMs });
      const phaseMs = (minutes / 2) * 60_000;
      const without = await ask(url, { forMs: phaseMs, pauseMs });
      const ending = new AbortController();
      const attacking = attackWithKey({ url, key: keys['hostile'] ?? '', signal: ending.signal });
      const beside = await ask(url, { forMs: phaseMs, pauseMs });
      ending.abort();
      await attacking;
      const slower = comparesTimes ? findSlower(without, beside) : [];
      const problems = [...findProblems([...without, ...beside]), ...slower, ...findLeftProblems(await server.close())];
      const log = problems.length === 0 ? [] : [`The end of the server's log:\n${server.log()}`];
      return { problems, report: [toReport(without, beside), ...log].join('\n\n') };
    } finally {
      await server.close();
    }
  } finally {
    clearInterval(forgetting);
    await mock.close();
  }
}

/** Lets the good ones ask, one thing after another, for so long. */
async function ask(url: string, { forMs, pauseMs }: { readonly forMs: number; readonly pauseMs: number }): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const endsAt = performance.now() + forMs;
  const { signal } = new AbortController();
  async function work(name: string, first: number): Promise<void> {
    for (let index = first; performance.now() < endsAt; index += 1) {
      const caller = goodCallers[index % goodCallers.length];
      if (caller !== undefined) await performCall(caller, { url, key: keys[name], signal, tell: (attempt) => void attempts.push(attempt) });
      await wait(pauseMs);
    }
  }
  await Promise.all(goodKeys.map((name, index) => work(name, index * 3)));
  return attempts;
}

function findProblems(attempts: readonly Attempt[]): string[] {
  return attempts.flatMap((attempt) => {
    if (attempt.outcome === 'error')
      return [`${attempt.requestId} (${attempt.kind}): ${attempt.failure.status} ${attempt.failure.message}`];
    return attempt.outcome === 'wrong' ? [`${attempt.requestId} (${attempt.kind}): ${attempt.why}`] : [];
  });
}

function findSlower(without: readonly Attempt[], beside: readonly Attempt[]): string[] {
  const problems: string[] = [];
  for (const share of [0.5, 0.9]) {
    const [before, now] = [timeOf(without, share), timeOf(beside, share)];
    if (!(now <= before * mostTimes + noiseMs))
      problems.push(`${share * 100} % were answered within ${before} ms, and within ${now} ms beside it`);
  }
  return problems;
}

/** Within how many milliseconds so many were answered. */
function timeOf(attempts: readonly Attempt[], share: number): number {
  const times = attempts.map(({ startedAt, endedAt }) => endedAt - startedAt).toSorted((one, other) => one - other);
  return Math.round(times[Math.floor(times.length * share)] ?? Number.NaN);
}

function toReport(without: readonly Attempt[], beside: readonly Attempt[]): string {
  const rowOf = (name: string, attempts: readonly Attempt[]): string[] => [
    name,
    ...[attempts.length, attempts.filter(({ outcome }) => outcome !== 'ok').length, timeOf(attempts, 0.5), timeOf(attempts, 0.9)].map(
      String,
    ),
  ];
  return toTable(
    ['the good ones', 'requests', 'not answered', 'half within ms', '90 % within ms'],
    [rowOf('by themselves', without), rowOf('beside a hostile key', beside)],
  );
}
