import type { TurnRequest } from '../../engine/turn-request.ts';
import { ineffectiveKeys } from '../parameters.ts';
import { toSampling } from '../openai/to-sampling.ts';
import { parameters } from './parameters.ts';
import type { CompletionRequest } from './parse-request.ts';

/** Says in neutral terms what a completion asks for: each prompt is a turn. They are part of no conversation. */
export function toTurnRequests({ prompts, ...request }: CompletionRequest): TurnRequest[] {
  const { max_tokens, temperature, top_p, stop, seed, user } = request;
  const sampling = toSampling({ max_tokens, temperature, top_p, stop });
  return prompts.map((text, index) => ({
    model: request.model,
    system: [],
    messages: [
      { role: 'user', content: [{ type: 'text', text }], place: typeof request.prompt === 'string' ? 'prompt' : `prompt[${index}]` },
    ],
    tools: [],
    sampling,
    endUser: user || undefined,
    seed: seed ?? undefined,
    keep: false,
    metadata: {},
    choices: request.n ?? 1,
    streamed: request.stream === true,
    ignored: ineffectiveKeys(parameters, request),
  }));
}
