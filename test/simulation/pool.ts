/** Prints how many new conversations find a process waiting when they come in some usual ways, and what that costs; simulated, so that it is the same everywhere. */
import { arrivalPatterns } from './arrival-patterns.ts';
import { simulatePool } from './simulate-pool.ts';

console.log(
  '| new conversations | how many | found a process waiting | API asked after, p50 | p95 | CPU of starts | waiting processes, mean |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const [name, arrivals] of Object.entries(arrivalPatterns)) {
  const { conversations, warmShare, p50Ms, p95Ms, startCpuSeconds, meanIdle } = await simulatePool(arrivals);
  const cells = [
    name,
    conversations,
    `${(warmShare * 100).toFixed(1)} %`,
    `${p50Ms.toFixed(0)} ms`,
    `${p95Ms.toFixed(0)} ms`,
    `${startCpuSeconds.toFixed(0)} s`,
    meanIdle.toFixed(2),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
