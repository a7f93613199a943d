import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@claude-code-api/gateway';
import { afterEach, expect, test, vi } from 'vitest';
import { loadSettings } from '../config/load-settings.ts';
import { listMachines, type LookUp } from './list-machines.ts';

afterEach(() => void vi.useRealTimers());

const none = (): void => {};
const logger: Logger = { debug: none, info: none, warn: none, error: none };

const open = async (options: { readonly logger?: Logger; readonly lookUp?: LookUp }, ...machines: string[]) =>
  listMachines(
    loadSettings({ environment: {}, flags: { 'claude.machines': JSON.stringify(machines) } }),
    options.logger ?? logger,
    options.lookUp,
  );

test('plain URLs, each once', async () => {
  const list = await open({}, 'http://10.0.0.1:8091', 'https://one.example/', 'http://10.0.0.1:8091/');
  expect(await list.read()).toEqual(['http://10.0.0.1:8091', 'https://one.example']);
});

test('a file, as it is when it is read; lines that are no URL take none away', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'machines-'));
  try {
    const file = join(directory, 'machines');
    await writeFile(file, '# ours\nhttp://10.0.0.1:8091\n\n  http://10.0.0.2:8091/  \nnonsense\nftp://x\nhttp://user:password@x\n');
    const list = await open({}, `file:${file}`, 'http://10.0.0.9:8091');
    expect(await list.read()).toEqual(['http://10.0.0.1:8091', 'http://10.0.0.2:8091', 'http://10.0.0.9:8091']);
    await writeFile(file, 'http://10.0.0.3:8091\r\n');
    expect(await list.read()).toEqual(['http://10.0.0.3:8091', 'http://10.0.0.9:8091']);
    await rm(file);
    expect(await list.read()).toEqual(['http://10.0.0.3:8091', 'http://10.0.0.9:8091']);
    await writeFile(file, 'http://10.0.0.4:8091');
    expect(await list.read()).toEqual(['http://10.0.0.4:8091', 'http://10.0.0.9:8091']);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('where some sources can not be read, the others are enough to start with; that is said once, and they are asked again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'machines-'));
  const warnings: string[] = [];
  const told: Logger = { ...logger, warn: (_, text) => void warnings.push(text) };
  try {
    const file = join(directory, 'machines');
    const list = await open({ logger: told }, 'dns:http://no-such-name.invalid:8091', `file:${file}`, 'http://10.0.0.9:8091');
    for (let times = 0; times < 3; times += 1) expect(await list.read()).toEqual(['http://10.0.0.9:8091']);
    expect(warnings).toHaveLength(2);
    await writeFile(file, 'http://10.0.0.1:8091');
    expect(await list.read()).toEqual(['http://10.0.0.1:8091', 'http://10.0.0.9:8091']);
    await expect((await open({}, 'dns:http://no-such-name.invalid:8091', `file:${file}2`)).read()).rejects.toThrow();
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('all addresses of a name', async () => {
  const list = await open({}, 'dns:http://localhost:8091');
  for (const url of await list.read()) expect(url).toMatch(/^http:\/\/(127\.0\.0\.1|\[::1\]):8091$/);
  await expect((await open({}, 'dns:http://no-such-name.invalid:8091')).read()).rejects.toThrow();
});

test('a name that is looked up for long is not looked up twice at a time, and its answer counts when it comes', async () => {
  const answers: ((found: { readonly address: string }[]) => void)[] = [];
  const lookUp: LookUp = () => new Promise((answer) => void answers.push(answer));
  const list = await open({ lookUp }, 'dns:http://slow:8091', 'http://10.0.0.9:8091');
  vi.useFakeTimers();
  for (let times = 0; times < 3; times += 1) {
    const reading = list.read();
    await vi.advanceTimersByTimeAsync(3000);
    expect(await reading).toEqual(['http://10.0.0.9:8091']);
  }
  const reading = list.read();
  expect(answers).toHaveLength(1);
  answers[0]?.([{ address: '10.0.0.1' }]);
  expect(await reading).toEqual(['http://10.0.0.1:8091', 'http://10.0.0.9:8091']);
  const again = list.read();
  answers[1]?.([{ address: '10.0.0.2' }]);
  expect(await again).toEqual(['http://10.0.0.2:8091', 'http://10.0.0.9:8091']);
});

test.each(['10.0.0.1:8091', 'ftp://x', 'http://user:password@x', 'dns:https://x', 'dns:x', 'file:', 'redis:x', 'http://x/?a=b', ''])(
  '%j names no machine',
  async (text) => {
    await expect(open({}, text)).rejects.toThrow(/claude\.machines/);
  },
);
