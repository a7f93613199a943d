import * as z from 'zod';
import { responseSchemas } from './response-schemas.ts';

const { Response: response, ResponseOutputItem: item, ResponseOutputPart: part } = responseSchemas;
const id = z.string().min(1);
const index = z.int().nonnegative();
const summaryPart = z.strictObject({ type: z.literal('summary_text'), text: z.string() });
const noLogprobs = z.array(z.unknown()).max(0);
const annotation = z.strictObject({
  ...{ type: z.literal('url_citation'), url: z.url(), title: z.string(), start_index: index, end_index: index },
});
const inItem = { item_id: id, output_index: index };
const inPart = { ...inItem, content_index: index };
const inSummary = { ...inItem, summary_index: index };
const errorBody = { code: z.string().nullable(), message: z.string(), param: z.string().nullable() };
const step = (...names: readonly string[]): Record<string, z.ZodRawShape> => Object.fromEntries(names.map((name) => [name, inItem]));

const shapes: Readonly<Record<string, z.ZodRawShape>> = {
  ...Object.fromEntries(
    ['queued', 'created', 'in_progress', 'completed', 'incomplete', 'failed'].map((name) => [`response.${name}`, { response }]),
  ),
  'response.output_item.added': { output_index: index, item },
  'response.output_item.done': { output_index: index, item },
  'response.content_part.added': { ...inPart, part },
  'response.content_part.done': { ...inPart, part },
  'response.reasoning_summary_part.added': { ...inSummary, part: summaryPart },
  'response.reasoning_summary_part.done': { ...inSummary, part: summaryPart },
  'response.reasoning_summary_text.delta': { ...inSummary, delta: z.string() },
  'response.reasoning_summary_text.done': { ...inSummary, text: z.string() },
  'response.output_text.delta': { ...inPart, delta: z.string(), logprobs: noLogprobs },
  'response.output_text.done': { ...inPart, text: z.string(), logprobs: noLogprobs },
  'response.output_text.annotation.added': { ...inPart, annotation_index: index, annotation },
  'response.refusal.delta': { ...inPart, delta: z.string() },
  'response.refusal.done': { ...inPart, refusal: z.string() },
  'response.function_call_arguments.delta': { ...inItem, delta: z.string() },
  'response.function_call_arguments.done': { ...inItem, name: id, arguments: z.string() },
  'response.custom_tool_call_input.delta': { ...inItem, delta: z.string() },
  'response.custom_tool_call_input.done': { ...inItem, input: z.string() },
  'response.mcp_call_arguments.delta': { ...inItem, delta: z.string() },
  'response.mcp_call_arguments.done': { ...inItem, arguments: z.string() },
  ...step('response.mcp_call.in_progress', 'response.mcp_call.completed', 'response.mcp_call.failed'),
  ...step('response.mcp_list_tools.in_progress', 'response.mcp_list_tools.completed', 'response.mcp_list_tools.failed'),
  ...step('response.web_search_call.in_progress', 'response.web_search_call.searching', 'response.web_search_call.completed'),
  // Flat as published, and nested as some clients read it.
  error: { ...errorBody, error: z.strictObject({ type: z.string(), ...errorBody }) },
  // OpenAI's own, and in no schema.
  keepalive: {},
};

/**
 * The events of a stream of Responses, by the names that the document has for them: `response.output_text.delta` is a
 * `ResponseOutputTextDeltaEvent`.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const responseEventSchemas: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(shapes).map(([type, shape]) => [
    nameOf(type),
    z.strictObject({ type: z.literal(type), sequence_number: index.describe('from 0 on, without gaps'), ...shape }),
  ]),
);

function nameOf(type: string): string {
  const words = type.replace(/^response\./, '').split(/[._]/);
  return `Response${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Event`;
}
