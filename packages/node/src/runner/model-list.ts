import type { CliProcess } from './cli-process.ts';
import { parseModels, type ListedModel } from './parse-models.ts';

export interface ModelList {
  /** The models as far as they are known; empty before any process has told. */
  readonly known: readonly ListedModel[];
  /** Asks a process that has just started; one that does not tell changes nothing. */
  ask(cli: CliProcess): Promise<void>;
  /** The models, by a process of its own where none has told yet. */
  get(start: () => CliProcess): Promise<readonly ListedModel[]>;
}

export function createModelList(): ModelList {
  let known: readonly ListedModel[] = [];
  let asking: Promise<void> | undefined;

  async function ask(cli: CliProcess): Promise<void> {
    const models = parseModels(await cli.control({ subtype: 'list_models' }));
    if (models.length > 0) known = models;
  }

  async function askOne(start: () => CliProcess): Promise<void> {
    const cli = start();
    try {
      await ask(cli);
    } finally {
      void cli.stop();
    }
  }

  return {
    get known() {
      return known;
    },
    ask,
    async get(start) {
      if (known.length > 0) return known;
      // Many may ask at once before the first process has answered: one more process answers them all.
      asking ??= askOne(start).finally(() => {
        asking = undefined;
      });
      await asking;
      return known;
    },
  };
}
