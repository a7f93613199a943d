import type { JsonObject } from '../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/** The schema that `response_format` asks for; undefined for text. */
export function toOutputSchema(format: ChatCompletionRequest['response_format']): JsonObject | undefined {
  if (format?.type === 'json_schema') return format.json_schema.schema;
  return format?.type === 'json_object' ? { type: 'object' } : undefined;
}
