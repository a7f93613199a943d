import { openaiErrorBody } from '../../openai/openai-error.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import type { TurnEvent } from '../../../turn/turn-event.ts';
import type { ReplyWriter } from '../../dialect.ts';
import { toSseFrame } from '../../sse.ts';
import type { ResponsesRequest } from '../request/parse-request.ts';
import { createOutput } from './create-output.ts';
import type { OutputOptions } from './output.ts';
import type { StreamEvent } from './stream-event.ts';
import { toResponse, type ResponseIdentity, type ResponseObject, type ResponseState } from './to-response.ts';

/** Makes what writes one response: a stream of events, each with its number, and, at the end, the whole object. */
export interface ResponseWriter extends ReplyWriter {
  /** Takes an event without saying it. */
  add(event: TurnEvent): void;
  told(): ResponseObject;
}

/** Makes the events of a response: its creation, its items one after another, its end with all of them. */
export function createResponseWriter(request: ResponsesRequest, identity: ResponseIdentity, options: OutputOptions): ResponseWriter {
  const output = createOutput(options);
  let number = 0;
  let isBegun = false;
  let failed: ResponseObject | undefined;

  function toState(): ResponseState {
    const end = output.end();
    if (end === undefined) return { status: 'in_progress', output: [] };
    return { ...end, output: output.items(), usage: output.usage() };
  }

  function frame(event: StreamEvent): string {
    const { type, ...rest } = event;
    const text = toSseFrame(JSON.stringify({ type, sequence_number: number, ...rest }), type);
    number += 1;
    return text;
  }

  /** Said with the first thing that there is to say: what fails before has a status of its own. */
  function begin(): string[] {
    if (isBegun) return [];
    isBegun = true;
    const response = toResponse(request, identity, { status: 'in_progress', output: [] });
    return [frame({ type: 'response.created', response }), frame({ type: 'response.in_progress', response })];
  }

  function toFailed({ message, ...error }: GatewayError): ResponseObject {
    const usage = output.usage();
    return toResponse(request, identity, {
      status: 'failed',
      output: output.items(),
      ...(usage.outputTokens > 0 && { usage }),
      error: { code: toResponseCode(error), message },
    });
  }

  return {
    write(event: TurnEvent) {
      const told = output.add(event);
      if (told.length === 0 && event.type !== 'turn-end') return [];
      return [...begin(), ...told.map(frame)];
    },
    idle: () => [...begin(), frame({ type: 'keepalive' })],
    end() {
      const response = toResponse(request, identity, toState());
      const type = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
      return [...begin(), frame({ type, response }), toSseFrame('[DONE]')];
    },
    // Some clients look for the one event, some for the other.
    fail(error) {
      const { error: told } = openaiErrorBody(error);
      const left = [...begin(), ...output.abort().map(frame)];
      const { code, message, param } = told;
      failed = toFailed(error);
      return [
        ...left,
        frame({ type: 'error', code, message, param, error: told }),
        frame({ type: 'response.failed', response: failed }),
        toSseFrame('[DONE]'),
      ];
    },
    add: (event) => void output.add(event),
    told: () => failed ?? toResponse(request, identity, toState()),
  };
}

/** In the words by which clients, Codex above all, know whether to try again. */
function toResponseCode({ status, code }: Pick<GatewayError, 'status' | 'code'>): string {
  if (code === 'context_length_exceeded' || code === 'insufficient_quota' || code === 'rate_limit_exceeded') return code;
  if (status === 429) return 'rate_limit_exceeded';
  if (status === 503 || status === 529) return 'server_is_overloaded';
  return status < 500 ? 'invalid_prompt' : 'server_error';
}
