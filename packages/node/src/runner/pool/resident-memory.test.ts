import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { residentMemory } from './resident-memory.ts';

test('tells the memory of a process, more or less as it tells itself', async () => {
  const own = process.memoryUsage.rss();
  const told = await residentMemory(process.pid);
  expect(told / own).toBeGreaterThan(0.5);
  expect(told / own).toBeLessThan(2);
});

test('a process that has ended holds nothing', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(await residentMemory(child.pid ?? 0)).toBe(0);
});
