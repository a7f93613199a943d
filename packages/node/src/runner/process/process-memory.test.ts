import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcessMemory } from './process-memory.ts';

const memory = createProcessMemory();
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A process of the same binary that holds so many bytes of its own. */
async function startHolding(bytes: number): Promise<number> {
  const code = `globalThis.held = Buffer.alloc(${bytes}, 1); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

test('tells the memory of a process, more or less as it tells itself', async () => {
  const own = process.memoryUsage.rss();
  const told = await memory.measure(process.pid);
  expect(told / own).toBeGreaterThan(0.3);
  expect(told / own).toBeLessThan(2);
});

test('tells what a process holds of its own', async () => {
  const [small, large] = [await startHolding(0), await startHolding(200_000_000)];
  const more = (await memory.measure(large)) - (await memory.measure(small));
  expect(more).toBeGreaterThan(150_000_000);
  expect(more).toBeLessThan(250_000_000);
});

describe.runIf(memory.kind === 'pss')('where the system tells what is shared', () => {
  test('that is divided among those that share it, as this process does its binary', async () => {
    const pid = await startHolding(0);
    const residentKilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(await memory.measure(pid)).toBeLessThan(0.9 * residentKilobytes * 1024);
  });
});

test('a process that has ended holds nothing', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(await memory.measure(child.pid ?? 0)).toBe(0);
});
