import * as z from 'zod/mini';
import type { ContentBlock, DocumentBlock, ImageBlock, OtherBlock, ResultBlock, TextBlock } from '../../../turn/content-block.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import { something } from '../../schema-fields.ts';

const base64 = z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() });
const url = z.object({ type: z.literal('url'), url: z.string() });
const plain = z.object({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() });
/** What is kept at Anthropic, or made of blocks, is not looked into. */
const elsewhere = z.looseObject({ type: z.enum(['file', 'content']) });

const text = z.pipe(
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.transform(({ type, text: words, ...rest }): TextBlock => ({ type, text: words, ...extraOf(rest) })),
);

const image = z.pipe(
  z.looseObject({ type: z.literal('image'), source: z.discriminatedUnion('type', [base64, url, elsewhere]) }),
  z.transform((block): ImageBlock | OtherBlock => {
    const { type, source, ...rest } = block;
    return isElsewhere(source) ? { type: 'other', block } : { type, source, ...extraOf(rest) };
  }),
);

const document = z.pipe(
  z.looseObject({
    type: z.literal('document'),
    source: z.discriminatedUnion('type', [base64, url, plain, elsewhere]),
    title: z.nullish(z.string()),
  }),
  z.transform((block): DocumentBlock | OtherBlock => {
    const { type, source, title, ...rest } = block;
    if (isElsewhere(source)) return { type: 'other', block };
    return { type, source, ...(typeof title === 'string' && { title }), ...extraOf(rest) };
  }),
);

const results = z.union([z.discriminatedUnion('type', [text, image, document]), otherThan('text', 'image', 'document')]);

const toolResult = z.pipe(
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: something,
    content: z.nullish(z.union([z.string(), z.array(results)])),
    is_error: z.nullish(z.boolean()),
  }),
  z.transform(({ type, tool_use_id: id, content, is_error: isError, ...rest }): ContentBlock => {
    const blocks: readonly ResultBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
    return { type, tool_use_id: id, content: blocks, ...(typeof isError === 'boolean' && { is_error: isError }), ...extraOf(rest) };
  }),
);

const thinking = z.pipe(
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.transform(({ type, thinking: words, signature, ...rest }): ContentBlock => ({ type, thinking: words, signature, ...extraOf(rest) })),
);

const redacted = z.pipe(
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.transform(({ type, data, ...rest }): ContentBlock => ({ type, data, ...extraOf(rest) })),
);

const toolUse = z.pipe(
  z.looseObject({ type: z.literal('tool_use'), id: something, name: something, input: z.looseObject({}) }),
  z.transform(({ type, id, name, input, ...rest }): ContentBlock => ({ type, id, name, input, ...extraOf(rest) })),
);

const interpreted = ['text', 'image', 'document', 'tool_result', 'thinking', 'redacted_thinking', 'tool_use'];

/** A block of a user's message, as Claude's own; fields and types that are not known here are only passed on. */
export const userBlockSchema = z.union([z.discriminatedUnion('type', [text, image, document, toolResult]), otherThan(...interpreted)]);
/** A block of the assistant's message. Documents stood there once. */
export const assistantBlockSchema = z.union([
  z.discriminatedUnion('type', [text, thinking, redacted, toolUse, document]),
  otherThan(...interpreted),
]);
export { text as textBlockSchema };
/** A text stands for a block of it. */
export const textSchema = z.pipe(
  z.string(),
  z.transform((words): TextBlock[] => [{ type: 'text', text: words }]),
);
/** A text, or blocks of texts. */
export const textsSchema = z.union([textSchema, z.array(text)]);

function otherThan(...known: readonly string[]): z.ZodMiniType<OtherBlock> {
  const refuse = { abort: true, error: 'is not supported here' };
  return z.pipe(
    z.looseObject({ type: z.string().check(z.refine((name) => !known.includes(name), refuse)) }),
    z.transform((block): OtherBlock => ({ type: 'other', block })),
  );
}

function isElsewhere(source: { readonly type: string }): source is z.infer<typeof elsewhere> {
  return source.type === 'file' || source.type === 'content';
}

function extraOf(rest: JsonObject): { readonly extra?: JsonObject } {
  return Object.keys(rest).length > 0 ? { extra: rest } : {};
}
