import type { TurnField } from '../../../turn/turn.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

const names: Readonly<Record<TurnField, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  thinking: 'thinking',
  messages: 'messages',
  tools: 'tools',
  outputSchema: 'response_format',
};

/** The request's own name of a field; how to think can be said by three of them, and tools by two. */
export function nameOf({ thinking, reasoning_effort: effort, functions, tools }: ChatCompletionRequest, field: TurnField): string {
  if (field === 'tools' && functions && !tools) return 'functions';
  if (field !== 'thinking' || thinking) return names[field];
  return effort ? 'reasoning_effort' : 'reasoning';
}
