import { badRequest } from '../bad-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Logger } from '../ports/logger.ts';
import type { ResponsePosition, ResponseStore } from '../ports/response-store.ts';
import type { JsonObject } from '../turn/tool.ts';
import { previousResponseNotFound } from './response-not-found.ts';

/** Keeps answers as responses, and finds where to go on with them. */
export interface Responses {
  /**
   * Where the answer stands that a request goes on with.
   *
   * @throws {GatewayError} 400 for one that is unknown, has failed, or is not there yet.
   */
  positionOf(tenant: string, id: string): Promise<ResponsePosition>;
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

export function createResponses(store: ResponseStore): Responses {
  return {
    async positionOf(tenant, id) {
      const found = await store.read(tenant, id);
      if (found === undefined) throw previousResponseNotFound(id);
      if (found.position === undefined) throw nothingToFollow(id, found.isRunning);
      return found.position;
    },

    async keep(tenant, { id, input, told, position, isPromised, logger }) {
      try {
        await store.create(tenant, { id, input, told, isRunning: false, ...(position && { position }) });
        return true;
      } catch (error) {
        if (isPromised || !GatewayError.isInstance(error)) throw error;
        logger.warn({ error, response: id }, 'a response could not be kept; its caller gets it all the same');
        return false;
      }
    },
  };
}

function nothingToFollow(id: string, isRunning: boolean): GatewayError {
  return badRequest(
    isRunning
      ? `Previous response with id '${id}' is not there yet. Wait until it has ended.`
      : `Previous response with id '${id}' has failed, so nothing can follow it. Go on with the one before.`,
    'previous_response_id',
    'previous_response_unfinished',
  );
}
