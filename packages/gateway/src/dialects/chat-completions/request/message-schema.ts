import * as z from 'zod/mini';
import { callId, name, something } from '../../schema-fields.ts';

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: something, detail: z.nullish(z.string()) }),
});
const filePart = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({ file_data: z.nullish(z.string()), filename: z.nullish(z.string()), file_id: z.nullish(z.string()) }),
});
const audioPart = z.looseObject({ type: z.literal('input_audio') });
/** A picture as the Messages API has it, which Cursor sends. */
const sourcePart = z.looseObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
    z.looseObject({ type: z.literal('url'), url: something }),
  ]),
});

/** A text, or parts of it. */
export const textSchema = z.union([z.string(), z.array(textPart)]);
/** Results may hold pictures too, which OpenAI's own do not. */
const resultPart = z.discriminatedUnion('type', [textPart, imagePart, filePart, sourcePart]);
const toolResultPart = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: callId,
  content: z.nullish(z.union([z.string(), z.array(resultPart)])),
  is_error: z.nullish(z.boolean()),
});
/** A part of a user's message. */
export const userPartSchema = z.discriminatedUnion('type', [textPart, imagePart, filePart, audioPart, sourcePart, toolResultPart]);

const calledFunction = z.looseObject({
  name,
  arguments: z.pipe(
    z.nullish(z.string()),
    z.transform((json) => json ?? ''),
  ),
});
/** A call of a custom tool is one with a single argument to Claude. */
const customCall = z.pipe(
  z.looseObject({ id: callId, type: z.literal('custom'), custom: z.looseObject({ name, input: z.string() }) }),
  z.transform((call) => ({ id: call.id, function: { name: call.custom.name, arguments: JSON.stringify({ input: call.custom.input }) } })),
);
const toolCall = z.union([z.looseObject({ id: callId, type: z.nullish(z.literal('function')), function: calledFunction }), customCall]);

const systemMessage = z.looseObject({ role: z.enum(['system', 'developer']), content: textSchema });
const userMessage = z.looseObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userPartSchema)]) });

const assistantPart = z.discriminatedUnion('type', [
  textPart,
  z.looseObject({ type: z.literal('output_text'), text: z.string() }),
  z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
  z.looseObject({ type: z.literal('tool_use'), id: callId, name, input: z.unknown() }),
  // Only its own model takes thinking back; the others stand beside `tool_calls` that say the same. They are named as ignored.
  z.looseObject({ type: z.enum(['thinking', 'redacted_thinking', 'reasoning', 'input_json_delta']) }),
]);
const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.nullish(z.union([z.string(), z.array(assistantPart)])),
  refusal: z.nullish(z.string()),
  tool_calls: z.nullish(z.array(toolCall)),
  function_call: z.nullish(calledFunction),
});
const toolMessage = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: callId,
  content: z.pipe(
    z.nullish(z.union([z.string(), z.array(resultPart)])),
    z.transform((content) => content ?? ''),
  ),
  is_error: z.nullish(z.boolean()),
});
const functionMessage = z.looseObject({ role: z.literal('function'), name, content: z.nullish(z.string()) });

/** A message of the request. */
export const messageSchema = z.discriminatedUnion('role', [systemMessage, userMessage, assistantMessage, toolMessage, functionMessage]);
