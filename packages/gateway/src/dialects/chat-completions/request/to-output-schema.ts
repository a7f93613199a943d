import { badRequest } from '../../../bad-request.ts';
import { problemOfSchema } from '../../../json-schema/problem-of-schema.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/**
 * The schema that `response_format` asks for; undefined for text.
 *
 * @throws {GatewayError} 400 for a schema by which no answer can be checked.
 */
export function toOutputSchema(format: ChatCompletionRequest['response_format']): JsonObject | undefined {
  if (format?.type === 'json_object') return { type: 'object' };
  if (format?.type !== 'json_schema') return undefined;
  const { schema } = format.json_schema;
  const problem = problemOfSchema(schema);
  if (problem === undefined) return schema;
  const param = 'response_format.json_schema.schema';
  throw badRequest(`Invalid schema for '${param}': ${problem}.`, param, 'invalid_json_schema');
}
