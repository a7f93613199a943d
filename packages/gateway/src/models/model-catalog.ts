import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner, RunnerModel } from '../ports/claude-runner.ts';

/** OpenAI's model object. */
export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  /** Unix time in seconds at which this server began to offer the model: Claude Code reports no other. */
  readonly created: number;
  readonly owned_by: string;
}

export interface ModelCatalog {
  list(): Promise<ModelObject[]>;
  /** @throws {GatewayError} 404 for a model that is not on the list and is no full Claude name either. */
  get(id: string): Promise<ModelObject>;
  /**
   * The name to give the runner for a name that a caller gave. A full Claude name that the list lacks is passed on: the
   * API knows best which of them exist.
   *
   * @throws {GatewayError} 404 for any other unknown name.
   */
  resolve(name: string): Promise<string>;
}

/** Says which models there are: those of the runner under their aliases and full names, and the operator's own aliases. */
export function createModelCatalog(runner: ClaudeRunner, aliases: Readonly<Record<string, string>>, created: number): ModelCatalog {
  const own = new Map(Object.entries(aliases));
  const toObject = (id: string): ModelObject => ({ id, object: 'model', created, owned_by: 'anthropic' });

  let listed: { readonly models: readonly RunnerModel[]; readonly ids: ReadonlySet<string> } | undefined;

  async function ids(): Promise<ReadonlySet<string>> {
    const models = await runner.models();
    if (listed?.models !== models) {
      listed = { models, ids: new Set([...models.map((model) => model.id), ...models.map((model) => model.resolvedId), ...own.keys()]) };
    }
    return listed.ids;
  }

  async function resolve(name: string): Promise<string> {
    const alias = own.get(name);
    if (alias !== undefined) return alias;
    if (/\bclaude-/.test(name)) return name;
    const known = await ids();
    // A runner that lists nothing is asked for anything.
    if (known.size === own.size || known.has(name)) return name;
    throw new GatewayError(
      `The model \`${name}\` does not exist or you do not have access to it. GET /v1/models lists the models of this server.`,
      {
        status: 404,
        type: 'invalid_request_error',
        code: 'model_not_found',
      },
    );
  }

  return {
    list: async () => [...(await ids())].map(toObject),
    get: async (id) => {
      await resolve(id);
      return toObject(id);
    },
    resolve,
  };
}
