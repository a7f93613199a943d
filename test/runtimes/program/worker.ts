import {
  createDurableObjectStorage,
  createLocalBackend,
  createServedBackend,
  serveBackend,
  type DurableObjectStorage,
} from '@claude-code-api/gateway/stores';
import { handle, type ProgramEnvironment } from './handle.ts';

interface WorkerEnvironment extends ProgramEnvironment {
  readonly PLACE: { idFromName(name: string): object; get(id: object): { fetch(request: Request): Promise<Response> } };
}

/** As `examples/edge-worker` has it. */
export class Place {
  readonly #serve: (request: Request) => Promise<Response>;
  constructor(state: { readonly storage: DurableObjectStorage }) {
    this.#serve = serveBackend(createLocalBackend({ storage: createDurableObjectStorage(state.storage) }));
  }
  fetch(request: Request): Promise<Response> {
    return this.#serve(request);
  }
}

// oxlint-disable-next-line import/no-default-export -- workerd looks for it.
export default {
  fetch: (request: Request, environment: WorkerEnvironment): Promise<Response> =>
    handle(request, environment, async (count) => {
      const id = environment.PLACE.idFromName(crypto.randomUUID());
      const backend = createServedBackend({ fetch: (asked) => environment.PLACE.get(id).fetch(asked) });
      return Array.from({ length: count }, () => backend);
    }),
};
