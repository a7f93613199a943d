import { expect, test } from 'vitest';
import type { CliProcess } from '../process/cli-process.ts';
import { createModelList } from './model-list.ts';

const listed = {
  models: [
    { value: 'default', resolvedModel: 'claude-opus-5-5', displayName: 'Default (recommended)', description: 'Use the default model' },
    { value: 'opus', resolvedModel: 'claude-opus-5-5', displayName: 'Opus', description: 'Opus 5.5 · Best · $4/$20 per Mtok' },
    { value: 'haiku', resolvedModel: 'claude-haiku-5-5', displayName: 'Haiku', description: 'Fastest' },
  ],
};

async function open() {
  const list = createModelList(() => '3.0.0');
  let model = '';
  const control = async ({ subtype, settings }: { subtype: string; settings?: { model: string } }): Promise<unknown> => {
    if (subtype === 'list_models') return listed;
    if (settings !== undefined) model = settings.model;
    return { applied: { model: model === 'best' ? 'claude-opus-5-5' : model } };
  };
  await list.ask({ control } as unknown as CliProcess);
  const of = (id: string) => list.known.find((each) => each.id === id);
  return { list, of };
}

test('models are called by their version where the CLI says it, and short names as what they stand for', async () => {
  const { of } = await open();
  expect(['default', 'opus', 'haiku', 'best'].map((id) => of(id)?.displayName)).toEqual([
    'Default (recommended)',
    'Opus 5.5',
    'Haiku',
    'Opus 5.5',
  ]);
});

test('the window of a model is known once it was asked, under all its names; one that the CLI does not know is no fact', async () => {
  const { list, of } = await open();
  const before = list.known;
  list.learn({ 'claude-haiku-5-5': { contextWindow: 1, costBasis: 'unknown' }, 'claude-x': { costBasis: 'list' } });
  expect(list.known).toBe(before);
  list.learn({ 'claude-opus-5-5': { contextWindow: 1_000_000, costBasis: 'list' } });
  expect(['opus', 'default', 'best', 'haiku'].map((id) => of(id)?.contextWindow)).toEqual([1_000_000, 1_000_000, 1_000_000, undefined]);
  const after = list.known;
  list.learn({ 'claude-opus-5-5': { contextWindow: 1_000_000, costBasis: 'list' } });
  expect(list.known).toBe(after);
});

test('a process that was started to tell them is kept, but not one that has told nothing, or has failed', async () => {
  const stopped: CliProcess[] = [];
  const kept: CliProcess[] = [];
  const list = createModelList(() => '3.0.0');
  async function get(told: () => unknown): Promise<CliProcess> {
    const cli = {
      control: async ({ subtype }: { subtype: string }) => (subtype === 'list_models' ? told() : { applied: { model: 'x' } }),
      stop: async () => void stopped.push(cli),
    } as unknown as CliProcess;
    const keep = (one: CliProcess): void => void kept.push(one);
    await list.get(() => cli, keep).catch(() => []);
    return cli;
  }
  const failing = await get(() => {
    throw new Error('No.');
  });
  const silent = await get(() => ({ models: [] }));
  const telling = await get(() => listed);
  expect([stopped, kept]).toEqual([[failing, silent], [telling]]);
});
