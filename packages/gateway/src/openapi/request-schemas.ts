import * as z from 'zod/mini';
import { requestSchema as chatSchema } from '../dialects/chat-completions/request/request-schema.ts';
import { parameterNotes as chatNotes } from '../dialects/chat-completions/request/parameter-notes.ts';
import { parameters as chatParameters } from '../dialects/chat-completions/request/parameters.ts';
import { requestSchema as completionSchema } from '../dialects/completions/parse-request.ts';
import { parameterNotes as completionNotes } from '../dialects/completions/parameter-notes.ts';
import { parameters as completionParameters } from '../dialects/completions/parameters.ts';
import { itemSchema } from '../dialects/items/item-schema.ts';
import { countSchema, requestSchema as messageSchema } from '../dialects/messages/request/request-schema.ts';
import { parameterNotes as messageNotes } from '../dialects/messages/request/parameter-notes.ts';
import { parameters as messageParameters } from '../dialects/messages/request/parameters.ts';
import type { Parameters } from '../dialects/parameters.ts';
import { requestSchema as responseSchema } from '../dialects/responses/request/request-schema.ts';
import { parameterNotes as responseNotes } from '../dialects/responses/request/parameter-notes.ts';
import { parameters as responseParameters } from '../dialects/responses/request/parameters.ts';
import { createSchema, itemsSchema, updateSchema } from '../resources/conversations/body-schemas.ts';
import { requestSchema as embeddingSchema } from '../resources/embeddings/add-embedding-routes.ts';

/** A body as it is read, and, of a dialect, what its parameters do. */
export interface RequestSchema {
  readonly schema: z.ZodMiniType;
  readonly parameters?: Parameters;
  readonly notes?: Readonly<Record<string, string>>;
}

const message = { parameters: messageParameters, notes: messageNotes };
// The route reads items in two steps: how many they are, and then each.
const items = z.array(itemSchema);

/** The bodies that are read, by the names that the document has for them. */
export const requestSchemas: Readonly<Record<string, RequestSchema>> = {
  ChatCompletionRequest: { schema: chatSchema, parameters: chatParameters, notes: chatNotes },
  CompletionRequest: { schema: completionSchema, parameters: completionParameters, notes: completionNotes },
  ResponseRequest: { schema: responseSchema, parameters: responseParameters, notes: responseNotes },
  MessageRequest: { schema: messageSchema, ...message },
  MessageCountRequest: { schema: countSchema, ...message },
  EmbeddingRequest: { schema: embeddingSchema },
  ConversationRequest: { schema: z.extend(createSchema, { items: z.nullish(items) }) },
  ConversationUpdate: { schema: updateSchema },
  ConversationItemsRequest: { schema: z.extend(itemsSchema, { items }) },
};
