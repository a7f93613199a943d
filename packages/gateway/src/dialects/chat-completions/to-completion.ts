import type { TurnEvent } from '../../turn/turn-event.ts';
import { systemFingerprint, type CompletionIdentity } from './completion-identity.ts';
import { toCompletionUsage, type CompletionUsage } from './to-completion-usage.ts';
import { toFinishReason, type FinishReason } from './to-finish-reason.ts';

export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: 'assistant';
        readonly content: string | null;
        readonly refusal: string | null;
        readonly annotations: readonly [];
      };
      readonly logprobs: null;
      readonly finish_reason: FinishReason;
    },
  ];
  readonly usage: CompletionUsage | undefined;
  readonly service_tier: 'default';
  readonly system_fingerprint: string;
}

/** Gathers a whole turn into one completion object. */
export async function toCompletion(events: AsyncIterable<TurnEvent>, identity: CompletionIdentity): Promise<ChatCompletion> {
  let model = '';
  let content = '';
  let usage: CompletionUsage | undefined;
  let finishReason: FinishReason = 'stop';
  for await (const event of events) {
    switch (event.type) {
      case 'turn-start':
        model = event.model;
        break;
      case 'text-delta':
        content += event.text;
        break;
      case 'usage':
        usage = toCompletionUsage(event.usage);
        break;
      case 'turn-end':
        finishReason = toFinishReason(event.reason);
        break;
    }
  }
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null, annotations: [] }, logprobs: null, finish_reason: finishReason },
    ],
    usage,
    service_tier: 'default',
    system_fingerprint: systemFingerprint,
  };
}
