import { plainCallers } from '../callers/all-callers.ts';
import type { Attempt } from './attempt.ts';
import type { Storms } from '../create-storms.ts';
import { isProvoked } from './is-provoked.ts';

/** What happened to callers that should not have; and whatever did not happen, without which a soak says nothing. */
export function findAttemptProblems(attempts: readonly Attempt[], { all, counts }: Storms): string[] {
  const problems = attempts.flatMap((attempt) => {
    const name = `${attempt.requestId} (${attempt.kind}, ${Math.round(attempt.endedAt - attempt.startedAt)} ms)`;
    if (attempt.outcome === 'wrong') return [`${name}: ${attempt.why}`];
    if (attempt.outcome !== 'error' || isProvoked(attempt, all)) return [];
    const { status, code, message } = attempt.failure;
    return [`${name}: an error that was not provoked, ${status} ${code}: ${message}`];
  });
  for (const { kind } of plainCallers) {
    const wanted = kind.startsWith('leaving') ? 'left' : 'ok';
    if (!attempts.some((attempt) => attempt.kind === kind && attempt.outcome === wanted))
      problems.push(`Not one of '${kind}' was ${wanted}.`);
  }
  if (!attempts.some(({ fault, outcome }) => fault !== undefined && outcome === 'error')) problems.push('No fault has come to its caller.');
  if (counts.killed === 0 || counts.frozen === 0) problems.push('No process was killed, or none frozen.');
  return problems;
}
