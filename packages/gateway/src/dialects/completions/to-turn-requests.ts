import type { TurnRequest } from '../../engine/turn-request.ts';
import { ineffectiveKeys } from '../openai/parameters.ts';
import { parameters } from './parameters.ts';
import type { CompletionRequest } from './parse-request.ts';

/** Says in neutral terms what a completion asks for: each prompt is a turn. They are part of no conversation. */
export function toTurnRequests({ prompts, ...request }: CompletionRequest): TurnRequest[] {
  const { max_tokens: maxTokens, temperature, top_p: topP, stop, seed, user } = request;
  return prompts.map((text, index) => ({
    model: request.model,
    system: [],
    messages: [
      { role: 'user', content: [{ type: 'text', text }], place: typeof request.prompt === 'string' ? 'prompt' : `prompt[${index}]` },
    ],
    tools: [],
    sampling: {
      maxOutputTokens: maxTokens ?? undefined,
      // OpenAI's scale of temperature ends at 2, Claude's at 1; the defaults, 1 for both, are left to the model.
      temperature: typeof temperature === 'number' && temperature < 1 ? temperature : undefined,
      topP: topP === null || topP === 1 ? undefined : topP,
      stopSequences: typeof stop === 'string' ? [stop] : (stop ?? undefined),
    },
    endUser: user || undefined,
    seed: seed ?? undefined,
    keep: false,
    metadata: {},
    choices: request.n ?? 1,
    streamed: request.stream === true,
    ignored: ineffectiveKeys(parameters, request),
  }));
}
