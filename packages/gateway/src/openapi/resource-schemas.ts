import * as z from 'zod';

const id = z.string().min(1);
const count = z.int().nonnegative();
const unixSeconds = count.describe('Unix time in seconds');
const metadata = z.record(z.string(), z.string());

function pageOf<Entry extends z.ZodType>(entry: Entry) {
  return z.strictObject({
    ...{ object: z.literal('list'), data: z.array(entry) },
    first_id: z.string().describe('empty for an empty page'),
    last_id: z.string().describe('what `after` of the next page takes; empty for an empty page'),
    has_more: z.boolean(),
  });
}

const model = z.strictObject({
  ...{ id, object: z.literal('model'), created: unixSeconds, owned_by: z.string() },
  display_name: z.string().optional(),
  context_window: count.optional().describe('in tokens, where it is known; under each name that clients look for'),
  ...{ context_length: count.optional(), max_model_len: count.optional() },
  ...{ max_output_tokens: count.optional(), max_completion_tokens: count.optional() },
  ...{ input_modalities: z.array(z.string()).optional(), output_modalities: z.array(z.string()).optional() },
});
const anthropicModel = z.strictObject({
  ...{ type: z.literal('model'), id, display_name: z.string(), created_at: z.iso.datetime() },
  max_input_tokens: count.optional().describe('where it is known'),
});

const chatPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('image_url'), image_url: z.strictObject({ url: z.string() }) }),
  z.strictObject({ type: z.literal('file'), file: z.strictObject({ file_data: z.string(), filename: z.string().optional() }) }),
]);
const content = z.union([z.string(), z.array(chatPart)]);
const toldCall = z.strictObject({
  ...{ id: z.string(), type: z.literal('function'), function: z.strictObject({ name: z.string(), arguments: z.string() }) },
});
const chatMessage = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: z.string() }),
  z.strictObject({ role: z.literal('user'), content }),
  z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content }),
  z.strictObject({
    ...{ role: z.literal('assistant'), content: content.nullable(), reasoning_content: z.string().optional() },
    tool_calls: z.array(toldCall).optional(),
  }),
]);
const conversation = z.strictObject({
  ...{ id, object: z.literal('conversation'), created_at: unixSeconds, metadata, updated_at: unixSeconds, expires_at: unixSeconds },
  model: z.string().nullable().describe('that its last turn asked for'),
  message_count: count.describe('how many items it has'),
});

const itemPart = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input_text'), text: z.string() }),
  z.strictObject({
    ...{ type: z.literal('output_text'), text: z.string() },
    ...{ annotations: z.array(z.unknown()).max(0), logprobs: z.array(z.unknown()).max(0) },
  }),
  z.strictObject({ type: z.literal('input_image'), image_url: z.string(), detail: z.literal('auto'), file_id: z.null() }),
  z.strictObject({
    ...{ type: z.literal('input_file'), file_data: z.string().optional(), file_url: z.string().optional() },
    filename: z.string().optional(),
  }),
]);
const completed = { id, status: z.literal('completed') };
const item = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('message'), ...completed, role: z.enum(['user', 'assistant', 'system', 'developer']) },
    content: z.array(itemPart),
  }),
  z.strictObject({ type: z.literal('function_call'), ...completed, call_id: id, name: z.string(), arguments: z.string() }),
  z.strictObject({
    ...{ type: z.literal('function_call_output'), ...completed, call_id: id, output: z.union([z.string(), z.array(itemPart)]) },
  }),
  z.strictObject({
    ...{ type: z.literal('reasoning'), id, summary: z.array(z.unknown()).max(0) },
    content: z.array(z.strictObject({ type: z.literal('reasoning_text'), text: z.string() })),
  }),
]);

/** What models, conversations and embeddings are told as, by the names that the document has for them. */
export const resourceSchemas = {
  Model: model,
  ModelList: z.strictObject({ object: z.literal('list'), data: z.array(model) }),
  AnthropicModel: anthropicModel.describe('For callers with the header `anthropic-version`.'),
  AnthropicModelList: z
    .strictObject({
      ...{ data: z.array(anthropicModel), has_more: z.boolean() },
      ...{ first_id: z.string().nullable(), last_id: z.string().nullable() },
    })
    .describe('For callers with the header `anthropic-version`.'),
  Conversation: conversation,
  ConversationWithMessages: conversation.extend({ messages: z.array(chatMessage).describe('ready to be sent again in a chat completion') }),
  ConversationList: pageOf(conversation),
  ConversationDeleted: z.strictObject({ id, object: z.literal('conversation.deleted'), deleted: z.literal(true) }),
  ConversationItem: item,
  ConversationItemList: pageOf(item),
  ResponseInputItemList: pageOf(z.looseObject({ id })).describe('Items as they were asked with, each with an id.'),
  Embeddings: z
    .looseObject({ data: z.array(z.unknown()), usage: z.looseObject({ total_tokens: z.number().nullish() }).nullish() })
    .describe('As the other server answers, in OpenAI’s form.'),
};
