import type OpenAI from 'openai';
import type * as z from 'zod';
import type {
  ChunkChoice,
  ChunkDelta,
  CompletionChunk,
  FunctionCallDelta,
} from '../../../packages/gateway/src/dialects/chat-completions/reply/completion-chunk.ts';
import type { ChatCompletion } from '../../../packages/gateway/src/dialects/chat-completions/reply/to-completion.ts';
import type { requestSchema } from '../../../packages/gateway/src/dialects/chat-completions/request/request-schema.ts';

/** Holds our types against those of OpenAI's package: `tsc -b` fails where they part. Nothing of this is ever run. */
type Holds<Given extends Wanted, Wanted> = Given;

/** Interfaces have no index signature, and lists of ours can't be written to: neither is what is compared. */
type Plain<Value> = Value extends string | number | boolean
  ? Value
  : Value extends object
    ? { -readonly [Key in keyof Value]: Plain<Value[Key]> }
    : Value;

type Body = z.input<typeof requestSchema>;
type Sent = Plain<OpenAI.ChatCompletionCreateParams>;
type Format = NonNullable<Sent['response_format']>;

/** A format by schema without its schema, which the SDK's types allow, is a 400. */
interface WithSchema {
  type: 'json_schema';
  json_schema: Extract<Format, { type: 'json_schema' }>['json_schema'] & { schema: Record<string, unknown> };
}

/** All else that the SDK can send is taken. */
export type Requests = Holds<
  Omit<Sent, 'response_format'> & { response_format?: Exclude<Format, { type: 'json_schema' }> | Plain<WithSchema> },
  Body
>;

/** What is answered is what the SDK expects. */
export type Replies = Holds<Plain<ChatCompletion>, OpenAI.ChatCompletion>;

/** The SDK knows no calls of custom tools in streams. */
interface KnownDelta extends Omit<ChunkDelta, 'tool_calls'> {
  tool_calls?: readonly FunctionCallDelta[];
}
interface KnownChunk extends Omit<CompletionChunk, 'choices'> {
  choices: readonly (Omit<ChunkChoice, 'delta'> & { delta: KnownDelta })[];
}

/** What is streamed is what the SDK expects. */
export type Chunks = Holds<Plain<KnownChunk>, OpenAI.ChatCompletionChunk>;
