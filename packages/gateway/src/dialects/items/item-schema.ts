import * as z from 'zod/mini';

const textPart = z.looseObject({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const refusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });
const imagePart = z.looseObject({ type: z.literal('input_image'), image_url: z.nullish(z.string()), file_id: z.nullish(z.string()) });
const filePart = z.looseObject({
  type: z.literal('input_file'),
  file_data: z.nullish(z.string()),
  file_url: z.nullish(z.string()),
  file_id: z.nullish(z.string()),
  filename: z.nullish(z.string()),
});
const inputPart = z.discriminatedUnion('type', [textPart, imagePart, filePart]);

const messageType = z.literal('message');
const systemMessage = z.looseObject({
  type: messageType,
  role: z.enum(['system', 'developer']),
  content: z.union([z.string(), z.array(textPart)]),
});
const userMessage = z.looseObject({
  type: messageType,
  role: z.literal('user'),
  content: z.union([z.string(), z.array(inputPart)]),
});
const assistantMessage = z.looseObject({
  type: messageType,
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, refusalPart]))]),
});

/** What Claude takes; others' ids may be longer, or hold dots and colons. */
const callId = z.string().check(z.regex(/^[\w-]{1,64}$/, { abort: true, error: 'must be 1 to 64 letters, digits, dashes or underscores' }));
const functionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: callId,
  name: callId,
  arguments: z.string(),
});
const functionCallOutput = z.looseObject({
  type: z.literal('function_call_output'),
  call_id: callId,
  output: z.union([z.string(), z.array(inputPart)]),
});

/** The items that callers can add; ids and states that come with them are passed over. */
export const itemSchema = z.discriminatedUnion('type', [
  z.discriminatedUnion('role', [systemMessage, userMessage, assistantMessage]),
  functionCall,
  functionCallOutput,
]);

export type GivenItem = z.infer<typeof itemSchema>;
/** A part of a user's message, or of a call's output. */
export type GivenPart = z.infer<typeof inputPart>;
