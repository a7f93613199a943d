/**
 * A server with the real CLI, used and harmed for a time: callers of all kinds side by side, the mock API failing where a request asks
 * for it, CLIs killed and frozen. Prints what happened; exits 1 when a caller got anything that was not provoked, when memory grew, or
 * when anything was left over.
 *
 *     pnpm soak                    ten minutes
 *     pnpm soak -- --minutes 1     one
 *     pnpm soak -- --hostile       good keys, for half of the time beside a hostile one: have they noticed?
 *
 * Needs Linux, for its /proc.
 */
import { parseArgs } from 'node:util';
import { runHostileSoak } from './hostile/run-hostile-soak.ts';
import { runSoak } from './run-soak.ts';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((part) => part !== '--'),
  options: { minutes: { type: 'string', default: '10' }, hostile: { type: 'boolean', default: false } },
});
const minutes = Number(values.minutes);
if (!(minutes >= 0.5 && minutes <= 600)) throw new Error('--minutes takes a number from 0.5 to 600.');
// Whatever happens, it ends: what it has started is ended then too.
setTimeout(
  () => {
    console.error('The soak did not end by itself.');
    process.exit(1);
  },
  (minutes + 1) * 60_000,
).unref();
const { problems, report } = await (values.hostile ? runHostileSoak : runSoak)({ minutes });
console.log(`${report}\n\n${problems.length === 0 ? 'Nothing was wrong.' : `Wrong:\n- ${problems.join('\n- ')}`}`);
process.exit(problems.length === 0 ? 0 : 1);
