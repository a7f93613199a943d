import * as z from 'zod';

const text = z.looseObject({ type: z.literal('text'), text: z.string() });
const base64 = z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() });
const url = z.looseObject({ type: z.literal('url'), url: z.string() });
const plain = z.looseObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() });
const image = z.looseObject({ type: z.literal('image'), source: z.discriminatedUnion('type', [base64, url]) });
const document = z.looseObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [base64, url, plain]),
  title: z.string().exactOptional(),
});

/** The blocks of a message as they are stored. */
export const storedContent = z.array(
  z.discriminatedUnion('type', [
    text,
    image,
    document,
    z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
    z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
    z.looseObject({
      type: z.literal('tool_use'),
      id: z.string(),
      name: z.string(),
      json: z.string().exactOptional(),
      // As it is: a schema of records would leave out a key such as `__proto__`, and the history would be another.
      input: z.custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
    }),
    z.looseObject({
      type: z.literal('tool_result'),
      tool_use_id: z.string(),
      content: z.array(z.discriminatedUnion('type', [text, image, document])),
      is_error: z.boolean().exactOptional(),
    }),
  ]),
);
