import { createGateway, GatewayError } from '@claude-code-api/gateway';
import { createRemoteRunner } from '@claude-code-api/gateway/remote-runner';
import * as kit from '@claude-code-api/gateway/stores';

/** One place for what all gateways at the edge keep. It is reached by them alone. */
export class Place {
  #serve;
  constructor(state) {
    const storage = kit.createDurableObjectStorage(state.storage);
    this.#serve = kit.serveBackend(kit.createLocalBackend({ storage, logger: console }), console);
  }
  fetch(request) {
    return this.#serve(request);
  }
}

function openGateway({ MACHINES, RUNNER_TOKEN, API_KEY, PLACE }) {
  const backend = kit.createServedBackend({ fetch: (request) => PLACE.get(PLACE.idFromName('all')).fetch(request) });
  const stores = kit.createStores({ backend, ttlMs: 24 * 3_600_000, logger: console });
  return createGateway({
    runner: createRemoteRunner({ machines: MACHINES.split(','), token: RUNNER_TOKEN, logger: console }),
    // `wrangler tail` shows it.
    logger: console,
    // What a caller has who leaves is given back up to a minute late here. The machines have bounds of their own.
    queue: { maxRunning: Infinity },
    bodies: { maxHeldBytes: Infinity },
    ...{ conversations: { store: stores.conversations }, responses: { store: stores.responses }, cache: { store: stores.cache } },
    seal: { key: stores.secret },
    access: {
      quotas: stores.quotas,
      callerOf(request) {
        if (API_KEY && request.headers.get('authorization') === `Bearer ${API_KEY}`) return { tenant: 'all' };
        throw new GatewayError('Show the API key.', { status: 401, code: 'invalid_api_key' });
      },
    },
  });
}

let gateway;
export default { fetch: (request, environment) => (gateway ??= openGateway(environment)).fetch(request) };
