import type { GatewayError } from '../../../gateway-error.ts';
import type { TurnEvent } from '../../../turn/turn-event.ts';
import type { ReplyWriter } from '../../dialect.ts';
import { toSseFrame } from '../../sse.ts';
import type { ResponsesRequest } from '../request/parse-request.ts';
import { toErrorEvent, toEventFrame, type StreamEvent, toCancelled } from './stream-event.ts';
import { createOutput } from './create-output.ts';
import type { OutputItem } from './output-item.ts';
import type { OutputOptions } from './output.ts';
import { toResponse, type ResponseIdentity, type ResponseObject, type ResponseState } from './to-response.ts';

/** The only sign of life that all clients let pass. */
const keepAlive = { type: 'keepalive' } as const;

/** Makes what writes one response: a stream of events, each with its number, and, at the end, the whole object. */
export interface ResponseWriter extends ReplyWriter {
  /** Takes an event without saying it. */
  add(event: TurnEvent): void;
  told(): ResponseObject;
}

/** Makes the events of a response: its creation, its items one after another, its end with all of them. */
export function createResponseWriter(request: ResponsesRequest, identity: ResponseIdentity, options: OutputOptions): ResponseWriter {
  const output = createOutput(options);
  const isAwaited = request.body.background !== true;
  let number = 0;
  let isBegun = false;
  /** Whether it waits for its place. */
  let isQueued = !isAwaited;
  /** As it has ended otherwise than by itself. */
  let ended: ResponseObject | undefined;
  /** Whether it may be told that it has ended: one that nobody waits for can only be gone on with once that is stored. */
  let mayEnd = isAwaited;

  // Who takes the stream up again tells the events by their numbers alone.
  const done = isAwaited ? [toSseFrame('[DONE]')] : [];

  function toState(): ResponseState {
    const end = mayEnd ? output.end() : undefined;
    if (end !== undefined) return { ...end, output: output.items(), usage: output.usage() };
    return { status: isQueued ? 'queued' : 'in_progress', output: isAwaited ? [] : output.items() };
  }

  function frame(event: StreamEvent): string {
    number += 1;
    return toEventFrame(event, number - 1);
  }

  const toTold = (): ResponseObject => toResponse(request, identity, toState());

  /** Said with the first thing that there is to say: what fails before has a status of its own. */
  function begin(): string[] {
    if (isBegun) return [];
    isBegun = true;
    isQueued = false;
    const response = toResponse(request, identity, { status: 'in_progress', output: [] });
    return [...(isAwaited ? [frame({ type: 'response.created', response })] : []), frame({ type: 'response.in_progress', response })];
  }

  function endAs(how: Pick<ResponseState, 'status' | 'error'>, items = output.items()): ResponseObject {
    const usage = output.usage();
    ended = toResponse(request, identity, { ...how, output: items, ...(usage.outputTokens > 0 && { usage }) });
    return ended;
  }

  function failWith(error: GatewayError, items?: OutputItem[]): string[] {
    const response = endAs({ status: 'failed', error: { code: toResponseCode(error), message: error.message } }, items);
    return [frame(toErrorEvent(error)), frame({ type: 'response.failed', response }), ...done];
  }

  return {
    write(event: TurnEvent) {
      const told = output.add(event);
      if (told.length === 0 && event.type !== 'turn-end') return [];
      return [...begin(), ...told.map(frame)];
    },
    idle: () => (isAwaited ? [...begin(), frame(keepAlive)] : [toEventFrame(keepAlive, Math.max(0, number - 1))]),
    end() {
      mayEnd = true;
      const response = toTold();
      const type = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
      return [...begin(), frame({ type, response }), ...done];
    },
    // Some clients look for the one event, some for the other.
    fail(error) {
      const left = [...begin(), ...output.abort().map(frame)];
      return [...left, ...failWith(error)];
    },
    add: (event) => void output.add(event),
    told: () => ended ?? toTold(),
    background: {
      wait() {
        const response = toTold();
        return [frame({ type: 'response.created', response }), frame({ type: 'response.queued', response })];
      },
      begin,
      cancel() {
        const left = output.abort().map(frame);
        return [...left, frame(toCancelled(endAs({ status: 'cancelled' })))];
      },
      cutShort: (error) => failWith(error, []),
      interrupt: (error) => [toEventFrame(toErrorEvent(error), Math.max(0, number - 1))],
    },
  };
}

/** In the words by which clients, Codex above all, know whether to try again. */
function toResponseCode({ status, code }: Pick<GatewayError, 'status' | 'code'>): string {
  if (code === 'context_length_exceeded' || code === 'insufficient_quota' || code === 'rate_limit_exceeded') return code;
  if (status === 429) return 'rate_limit_exceeded';
  if (status === 503 || status === 529) return 'server_is_overloaded';
  return status < 500 ? 'invalid_prompt' : 'server_error';
}
