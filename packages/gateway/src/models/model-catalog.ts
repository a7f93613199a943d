import { GatewayError } from '../gateway-error.ts';
import type { Caller } from '../ports/caller.ts';
import type { ClaudeRunner, RunnerModel } from '../ports/claude-runner.ts';

/** OpenAI's model object. */
export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  /** Unix time in seconds at which this server began to offer the model: Claude Code reports no other. */
  readonly created: number;
  readonly owned_by: string;
  /** For people; of models that the runner has a name for. */
  readonly display_name?: string;
  /** What is known of it, under each name that clients look for. */
  readonly context_window?: number;
  readonly context_length?: number;
  readonly max_model_len?: number;
  readonly max_output_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly input_modalities?: readonly string[];
  readonly output_modalities?: readonly string[];
}

/** What a model's name stands for. */
export interface ResolvedModel {
  /** The name to give the runner. */
  readonly model: string;
  /** The profile that its turns are of; undefined for none. */
  readonly profile: string | undefined;
}

/** What a caller may name. */
export type Access = Pick<Caller, 'models' | 'profiles'>;

export interface ModelCatalog {
  /** Every model that is allowed, and each of them in every profile that is. */
  list(access?: Access): Promise<ModelObject[]>;
  /** The models of another server, for embeddings, that the caller may name: no turn can be of them. */
  listOthers(access?: Access): ModelObject[];
  /** @throws {GatewayError} As `resolve`. */
  get(id: string, access?: Access): Promise<ModelObject>;
  /**
   * What to ask the runner for, for a name that a caller gave: a model's, `PROFILE/MODEL`, or `PROFILE` for the default model.
   * A full Claude name that the list lacks is passed on: the API knows best which of them exist.
   *
   * @throws {GatewayError} 404 for any other unknown name, and for a model or profile that is not allowed.
   */
  resolve(name: string, access?: Access): Promise<ResolvedModel>;
}

export interface ModelCatalogOptions {
  /** The operator's own names for models; `*` is the model for any name that is unknown otherwise. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The names of profiles. They go before models of the same name. */
  readonly profiles: readonly string[];
  /** The profile of names that name none; undefined for none. */
  readonly defaultProfile: string | undefined;
  /** The names of what another server has: models for embeddings. Default: none. */
  readonly others?: readonly string[] | undefined;
  /** Unix time in seconds, for the model objects. */
  readonly created: number;
}

/** Says which models there are: those of the runner under their aliases and full names, and the operator's own aliases. */
export function createModelCatalog(runner: ClaudeRunner, options: ModelCatalogOptions): ModelCatalog {
  const { '*': anyOther, ...aliases } = options.aliases;
  const own = new Map(Object.entries(aliases));
  const profiles = new Set(options.profiles);
  const toObject = (id: string): ModelObject => ({ id, object: 'model', created: options.created, owned_by: 'anthropic' });

  /** Of a name, `PROFILE/MODEL` too, what its model is known to be. */
  function describe(name: string, models: readonly RunnerModel[]): ModelObject {
    const { model = models[0]?.id ?? name } = split(name) ?? { model: name };
    const full = own.get(model) ?? model;
    const known = models.find(({ id }) => id === full) ?? models.findLast(({ resolvedId }) => resolvedId === full);
    // What the operator has named is best known by that name.
    const called = name === full && known?.displayName;
    return { ...toObject(name), ...(called && { display_name: called }), ...toFacts(known) };
  }

  let listed: { readonly models: readonly RunnerModel[]; readonly ids: ReadonlySet<string> } | undefined;

  async function ids(): Promise<ReadonlySet<string>> {
    const models = await runner.models();
    if (listed?.models !== models) {
      listed = { models, ids: new Set([...models.map((model) => model.id), ...models.map((model) => model.resolvedId), ...own.keys()]) };
    }
    return listed.ids;
  }

  /** The profile that a name begins with, and the model's name behind it; undefined for the default model. */
  function split(name: string): { readonly profile: string; readonly model: string | undefined } | undefined {
    const slash = name.indexOf('/');
    const profile = slash === -1 ? name : name.slice(0, slash);
    return profiles.has(profile) ? { profile, model: slash === -1 ? undefined : name.slice(slash + 1) } : undefined;
  }

  /** The default profile is every request's, so whoever names it gets no more. */
  function allowsProfile(profile: string, { profiles: allowed }: Access): boolean {
    return allowed === undefined || profile === options.defaultProfile || allowed.includes(profile);
  }

  /** A model is allowed under all its names when it is under one of them. */
  async function modelFilter({ models: allowed }: Access): Promise<(name: string) => boolean> {
    if (allowed === undefined) return () => true;
    const models = await runner.models();
    const fullName = (name: string): string => {
      const model = own.get(name) ?? name;
      return models.find(({ id }) => id === model)?.resolvedId ?? model;
    };
    const full = new Set(allowed.map(fullName));
    return (name) => full.has(fullName(name));
  }

  /** Undefined for an unknown one. */
  async function toModel(name: string): Promise<string | undefined> {
    const alias = own.get(name);
    if (alias !== undefined) return alias;
    if (/\bclaude-/.test(name)) return name;
    const known = await ids();
    // A runner that lists nothing is asked for anything.
    return known.has(name) || (anyOther === undefined && known.size === own.size) ? name : anyOther;
  }

  async function defaultModel(): Promise<string | undefined> {
    const [first] = await runner.models();
    return first?.id;
  }

  /** The model's name behind a profile's; undefined for an unknown one, and for what names a profile once more. */
  async function toProfileModel(name: string | undefined): Promise<string | undefined> {
    if (name === undefined) return defaultModel();
    return name === '' || split(name) !== undefined ? undefined : toModel(name);
  }

  async function resolve(name: string, access: Access = {}): Promise<ResolvedModel> {
    const named = split(name);
    // Whoever may not name a profile is not told that there is one.
    const refused = named !== undefined && !allowsProfile(named.profile, access);
    const model = refused ? undefined : await (named === undefined ? toModel(name) : toProfileModel(named.model));
    if (model !== undefined && (access.models === undefined || (await modelFilter(access))(model)))
      return { model, profile: named?.profile ?? options.defaultProfile };
    throw new GatewayError(
      `The model \`${name}\` does not exist or you do not have access to it. GET /v1/models lists the models of this server.`,
      {
        status: 404,
        code: 'model_not_found',
      },
    );
  }

  return {
    async list(access = {}) {
      const known = await runner.models();
      const models = [...(await ids())].filter(await modelFilter(access));
      const named = [...profiles].filter((profile) => allowsProfile(profile, access));
      return [...models, ...named.flatMap((profile) => models.map((model) => `${profile}/${model}`))].map((name) => describe(name, known));
    },
    listOthers: ({ models: allowed } = {}) =>
      (options.others ?? [])
        .filter((id) => allowed === undefined || allowed.includes(id))
        .map((id) => ({ ...toObject(id), owned_by: 'another-server' })),
    get: async (id, access) => {
      await resolve(id, access);
      return describe(id, await runner.models());
    },
    resolve,
  };
}

function toFacts(model: RunnerModel | undefined): Partial<ModelObject> {
  const { contextWindow: context, maxOutputTokens: output, inputModalities } = model ?? {};
  return {
    ...(context !== undefined && { context_window: context, context_length: context, max_model_len: context }),
    ...(output !== undefined && { max_output_tokens: output, max_completion_tokens: output }),
    ...(inputModalities !== undefined && { input_modalities: inputModalities, output_modalities: ['text'] }),
  };
}
