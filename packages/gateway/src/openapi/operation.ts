import type { Access } from '../http/route.ts';
import type { ErrorForm } from './error-responses.ts';
import type { Content } from './references.ts';

/** What the document says of a route. Schemas, headers and parameters are named as in its `components`. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** With its parameters in braces: `/v1/models/{model}`. */
  readonly path: string;
  /** Its name in programs that are made of the document. */
  readonly id: string;
  readonly tag: 'Chat completions' | 'Responses' | 'Messages' | 'Completions' | 'Embeddings' | 'Models' | 'Conversations' | 'Server';
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly parameters?: readonly string[];
  readonly body?: { readonly schema: string; readonly isOptional?: boolean };
  readonly reply: Content;
  /** What else it answers that is no error, by status. */
  readonly otherReplies?: Readonly<Record<string, Content>>;
  /** The headers of its replies, beside those that all have. */
  readonly headers?: readonly string[];
  /** Default: OpenAI's, and Anthropic's for callers who are known as Anthropic's. */
  readonly errorForm?: ErrorForm;
  readonly errorStatuses: readonly number[];
}
