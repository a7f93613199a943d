import * as z from 'zod';
import type { ModelsTold } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { parseModels, type ListedModel } from './parse-models.ts';

export interface ModelList {
  /** The models as far as they are known; empty before any process has told. */
  readonly known: readonly ListedModel[];
  /**
   * Asks a process that has just started and that nobody has spoken to; all of it is written at once. One that does not tell changes
   * nothing.
   */
  ask(cli: CliProcess): Promise<void>;
  /** The models. Where none is known yet, one more process lists them, which `keep` then gets. */
  get(start: () => CliProcess, keep: (cli: CliProcess) => void): Promise<readonly ListedModel[]>;
  /** Takes note of what a process tells of the models that it has asked. */
  learn(told: ModelsTold): void;
  /** The full name that a short one stands for; undefined where that is not known. */
  fullName(alias: string): string | undefined;
}

/** The CLI's own short names; it takes them all everywhere, and lists some, depending on the login. */
const shortNames = ['sonnet', 'opus', 'haiku', 'fable', 'best', 'opusplan', 'sonnet[1m]', 'opus[1m]'];

/** What is read of the answer to `get_settings`. */
const appliedSettings = z.looseObject({ applied: z.looseObject({ model: z.string() }) });

/** `version` is that of the CLI: another one may know other models by the same short names. */
export function createModelList(version: () => string): ModelList {
  let listed: readonly ListedModel[] = [];
  let short: { readonly version: string; readonly names: Promise<ReadonlyMap<string, string>> } | undefined;
  let known: readonly ListedModel[] = [];
  let asking: Promise<void> | undefined;
  /** The context windows in tokens, by the full names of models. */
  const windows = new Map<string, number>();

  function describe(): void {
    known = known.map((model) => {
      const contextWindow = windows.get(model.resolvedId);
      return contextWindow === undefined ? model : { ...model, contextWindow };
    });
  }

  function ask(cli: CliProcess): Promise<void> {
    const told = tell(cli);
    asking ??= told.then(ignore, ignore).finally(() => {
      asking = undefined;
    });
    return told;
  }

  async function tell(cli: CliProcess): Promise<void> {
    const list = cli.control({ subtype: 'list_models' });
    if (short?.version !== version()) short = { version: version(), names: readShortNames(cli) };
    const [models, names] = await Promise.all([list.then(parseModels), short.names]);
    if (names.size === 0) short = undefined;
    if (models.length === 0) return;
    listed = models;
    known = [...listed, ...toMissing(listed, names)];
    describe();
  }

  async function askOne(start: () => CliProcess, keep: (cli: CliProcess) => void): Promise<void> {
    const cli = start();
    // Where nothing is listed, each turn asks again: such processes would become many.
    let isKept = false;
    try {
      await ask(cli);
      isKept = known.length > 0;
    } finally {
      if (isKept) keep(cli);
      else void cli.stop();
    }
  }

  let asksItself: Promise<void> | undefined;
  return {
    get known() {
      return known;
    },
    ask,
    async get(start, keep) {
      // A process that has just started is about to list them.
      if (known.length === 0) await asking;
      if (known.length > 0) return known;
      // Many may ask at once before the first process has answered: one more process answers them all.
      asksItself ??= askOne(start, keep).finally(() => {
        asksItself = undefined;
      });
      await asksItself;
      return known;
    },
    learn(told) {
      const news = Object.entries(told).flatMap(([name, { contextWindow, costBasis }]) =>
        contextWindow !== undefined && costBasis === 'list' && contextWindow !== windows.get(name) ? [[name, contextWindow] as const] : [],
      );
      for (const [name, contextWindow] of news) windows.set(name, contextWindow);
      // The same list stands for the same models.
      if (news.length > 0) describe();
    },
    fullName: (alias) => known.find(({ id }) => id === alias)?.resolvedId,
  };
}

function ignore(): void {}

/** Has a process take each short name for its model, and tell which model that is; the turn that it is for names its own. */
async function readShortNames(cli: CliProcess): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    shortNames.map(async (name): Promise<[string, string][]> => {
      const applied = cli.control({ subtype: 'apply_flag_settings', settings: { model: name } });
      const settings = cli.control({ subtype: 'get_settings' });
      try {
        await applied;
        const model = appliedSettings.parse(await settings).applied.model;
        return model === name ? [] : [[name, model]];
      } catch {
        // It does not know the name, or does not tell.
        await settings.catch(() => {});
        return [];
      }
    }),
  );
  return new Map(found.flat());
}

/** The short names that are not listed, as models like those that they stand for. */
function toMissing(listed: readonly ListedModel[], names: ReadonlyMap<string, string>): ListedModel[] {
  return [...names].flatMap(([id, resolvedId]) => {
    if (listed.some((model) => model.id === id)) return [];
    const same = listed.findLast((model) => model.resolvedId === resolvedId);
    return [{ id, resolvedId, displayName: same?.displayName ?? id, price: same?.price }];
  });
}
