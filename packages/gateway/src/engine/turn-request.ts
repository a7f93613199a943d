import type { Metadata } from '../ports/conversation-store.ts';
import type { ContentBlock, ResultBlock, TextBlock, ToolResultBlock } from '../turn/content-block.ts';
import type { Reasoning } from '../turn/reasoning.ts';
import type { JsonObject, Tool, ToolChoice } from '../turn/tool.ts';
import type { Sampling, TurnField } from '../turn/turn.ts';
import type { MediaReference } from '../media/to-media-block.ts';
import type { ActivityMode } from '../turn/turn-event.ts';
import type { ServerWish } from './hosted/server-wish.ts';

/**
 * What a dialect has read of a request, as data: a turn without what was said before, and what is to be done with it. What is undefined is
 * the same as absent.
 */
export interface TurnRequest {
  /** The model's name, as the caller gives it. */
  readonly model: string;
  /** What is said of the system prompt beside the messages; empty for nothing. */
  readonly system: readonly TextBlock[];
  /** What the request brings, in its order. Nothing is merged, and blank messages are among them. */
  readonly messages: readonly RequestMessage[];
  /** In the order in which the model sees them. */
  readonly tools: readonly Tool[];
  /** MCP servers whose tools there are beside them, which the gateway calls. Absent: none. */
  readonly servers?: readonly ServerWish[] | undefined;
  /** The request's own name of its wish that Claude searches the web, which it does where the profile has that. Absent: it is not wished for. */
  readonly webSearch?: string | undefined;
  /** The most calls of those servers' tools that are made. Default: 100. */
  readonly maxHostedCalls?: number | undefined;
  /** Absent: the model calls tools as it likes. */
  readonly toolChoice?: ToolChoice | undefined;
  /** `stopSequences` may be blank, which Claude does not take: the engine cuts there itself. */
  readonly sampling: { readonly [Field in keyof Sampling]: Sampling[Field] | undefined };
  /** Absent: as is usual on this server. Empty: as the model likes. */
  readonly reasoning?: Reasoning | undefined;
  /** JSON Schema that the answer must fit. Absent: any text. */
  readonly outputSchema?: JsonObject | undefined;
  /** Where the request has its schemas, for errors. Absent: it has a name for each field, and no other. */
  readonly schemaPlaces?: SchemaPlaces | undefined;
  /** See `Turn`. */
  readonly extra?: JsonObject | undefined;
  /** See `Turn`. */
  readonly betas?: readonly string[] | undefined;
  /** Whether its answers hold all that was thought, which was by the model that is asked. Absent: they hold nothing of it. */
  readonly bringsThinking?: boolean | undefined;
  /** The person whom the caller serves: an opaque id for Anthropic's abuse detection. Absent: not told. */
  readonly endUser?: string | undefined;
  /** The id of the conversation that the request's body names. */
  readonly conversation?: string | undefined;
  /** The id of the response that the request goes on with; it names no conversation then. */
  readonly previousResponse?: string | undefined;
  /** Whether the turn becomes part of a conversation. */
  readonly keep: boolean;
  /** As what the answer is kept, to be read again. Absent: it is only told. */
  readonly response?: ResponseWish | undefined;
  /** The metadata of a conversation that begins with this turn. */
  readonly metadata: Metadata;
  /** How many answers are asked for, by turns side by side. */
  readonly choices: number;
  /** Whether what Claude thinks is sealed for the caller to bring it back. Default: false. */
  readonly seals?: boolean | undefined;
  /** Whether the answer is a summary of what was said, which is sealed for the caller to bring in the place of it. Default: false. */
  readonly summarizes?: boolean | undefined;
  /** Whether the events are told as they come, so that nothing can be taken back. */
  readonly streamed: boolean;
  /** Asks for repeatable output, as a temperature of 0 does. */
  readonly seed?: number | undefined;
  /** Absent: as is usual on this server. */
  readonly activity?: ActivityMode | undefined;
  /** The request's own names of what has no effect on any model. */
  readonly ignored: readonly string[];
}

export interface SchemaPlaces {
  readonly outputSchema: string;
  /** The places of the tools' schemas, by the tools' names: `tools[2].function.parameters`. */
  readonly tools: ReadonlyMap<string, string>;
}

export interface ResponseWish {
  /** What is asked, as the caller is to read it. An `id` that ends in `_` is made whole where it is kept. */
  readonly input: readonly JsonObject[];
  /** Whether it is told at once and made later, whoever has left by then. */
  readonly background: boolean;
}

/** One message of a request, in the form in which it came. */
export interface RequestMessage<Block = RequestBlock> {
  /** A system message before the first answer is part of the system prompt; behind an answer the user says it there. */
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly Block[];
  /** Where the request has it, for errors: `messages[2]`. */
  readonly place: string;
  /** Whose answer it is: see `Message`. */
  readonly model?: string;
}

/** A block of a message of a request. */
export type RequestBlock = OpenBlock | RequestSeal;

/** A block in which nothing is sealed. */
export type OpenBlock = Exclude<ContentBlock, ToolResultBlock> | RequestMedia | RequestResult;

/** A message in which nothing is sealed. */
export type OpenMessage = RequestMessage<OpenBlock>;

/** A picture or document that the engine reads. */
export interface RequestMedia extends MediaReference {
  readonly type: 'media';
  /** Fields of the block that are only passed on. */
  readonly extra?: JsonObject;
}

/** What the server has sealed for the caller to keep: thinking, or a summary of what was said before. */
export interface RequestSeal {
  readonly type: 'sealed';
  readonly seal: string;
  /** Thinking that others have sealed is left out; a summary of theirs is refused. */
  readonly kind: 'thinking' | 'summary';
  /** Where the request has it, for errors. */
  readonly place: string;
}

/** The result of a call, which the engine finds: its id may be one that several calls have, or have lost its underscores. */
export interface RequestResult extends Omit<ToolResultBlock, 'content' | 'extra'> {
  readonly content: readonly (ResultBlock | RequestMedia)[];
  /** Where the request tells a tool in place of an id, which is empty then: of its open calls the first is answered. */
  readonly name?: string | undefined;
  /** Where the request has the id, for errors. */
  readonly place: string;
  readonly extra?: JsonObject;
}

/** The fields of a request that can give way: to what the model takes, or to something else that is asked for. */
export type YieldingField = Exclude<TurnField, 'messages' | 'tools' | 'outputSchema'>;
