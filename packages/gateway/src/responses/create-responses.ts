import { badRequest, GatewayError } from '../gateway-error.ts';
import { responseOfItem } from '../conversations/ids.ts';
import type { Logger } from '../ports/logger.ts';
import type { ResponsePosition, ResponseStore, StoredResponse } from '../ports/response-store.ts';
import { isObject, type JsonObject } from '../turn/tool.ts';
import type { Background } from './background.ts';
import { previousResponseNotFound } from './response-not-found.ts';

/** Keeps answers as responses, and finds where to go on with them. */
export interface Responses {
  /**
   * Where the answer stands that a request goes on with.
   *
   * @throws {GatewayError} 400 for one that is unknown, has failed, or is not there yet.
   */
  positionOf(tenant: string, id: string): Promise<ResponsePosition>;
  /** Gives what finds items of a tenant's responses by their ids, what was asked and what was answered; it reads each response once. */
  itemFinder(tenant: string): (id: string) => Promise<JsonObject | undefined>;
  /** Keeps an answer that has ended, as it was told. False when it can't be kept now, and `isPromised` is not set: then that fails. */
  keep(tenant: string, kept: KeptResponse): Promise<boolean>;
}

export interface KeptResponse {
  readonly id: string;
  readonly input: readonly JsonObject[];
  readonly told: JsonObject;
  readonly position: ResponsePosition | undefined;
  /** Whether the caller has been told already that it is kept. */
  readonly isPromised: boolean;
  readonly logger: Logger;
}

/** @param background Knows what has become of those that nobody waits for. Default: there are none. */
export function createResponses(store: ResponseStore, background: Pick<Background, 'read'> = store): Responses {
  return {
    async positionOf(tenant, id) {
      const found = await background.read(tenant, id);
      if (found === undefined) throw previousResponseNotFound(id);
      if (found.position === undefined) throw nothingToFollow(id, found);
      return found.position;
    },

    itemFinder(tenant) {
      const read = new Map<string, Promise<readonly JsonObject[]>>();
      return async (id) => {
        const response = responseOfItem(id);
        if (response === undefined) return undefined;
        const items = read.get(response) ?? readItems(store, tenant, response);
        read.set(response, items);
        return (await items).find((item) => item['id'] === id);
      };
    },

    async keep(tenant, { id, input, told, position, isPromised, logger }) {
      try {
        await store.create(tenant, { id, input, told, ...(position && { position }) });
        return true;
      } catch (error) {
        if (isPromised || !GatewayError.isInstance(error)) throw error;
        logger.warn({ error, response: id }, 'a response could not be kept; its caller gets it all the same');
        return false;
      }
    },
  };
}

async function readItems(store: ResponseStore, tenant: string, id: string): Promise<readonly JsonObject[]> {
  const [found, input] = await Promise.all([store.read(tenant, id), store.readInput(tenant, id)]);
  const output = found?.told['output'];
  return [...(input ?? []), ...(Array.isArray(output) ? output.filter(isObject) : [])];
}

function nothingToFollow(id: string, { background }: StoredResponse): GatewayError {
  const runs = background !== undefined && background.state !== 'ended';
  return badRequest(
    runs
      ? `Previous response with id '${id}' is not there yet. Ask for it until it is, then go on with it.`
      : `Previous response with id '${id}' has failed or was cancelled, so nothing can follow it. Go on with the one before.`,
    'previous_response_id',
    'previous_response_unfinished',
  );
}
