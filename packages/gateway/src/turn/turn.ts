import type { TextBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { Effort, Thinking } from './reasoning.ts';
import type { JsonObject, Tool, ToolChoice } from './tool.ts';

/** What a caller asks of Claude, free of any wire format. */
export interface Turn {
  /** The name of the powers that Claude has in it: built-in tools, files, MCP servers. Absent: those of the runner's default, none as a rule. */
  readonly profile?: string;
  /** The id of the conversation that it belongs to. Absent: it is in none. Agents keep their working directory by it. */
  readonly conversation?: string;
  /** A model name or alias that the runner knows. */
  readonly model: string;
  /** The system prompt, in parts; empty for none. A runner whose way to the model takes one text joins them: see `systemText`. */
  readonly system: readonly TextBlock[];
  /** The whole conversation, oldest first, roles alternating; normalised by `normalizeMessages`. */
  readonly messages: readonly Message[];
  /** SHA-256, in hexadecimal, of each message's `identifyingMessage` as JSON, for who knows a history again by it. Absent: nobody has made them yet. */
  readonly messageDigests?: readonly string[];
  /** Tools that the caller runs; sorted by name, as they reach the model. */
  readonly tools: readonly Tool[];
  /** Absent: the model calls tools as it likes. */
  readonly toolChoice?: ToolChoice;
  readonly sampling: Sampling;
  /** Absent: the model's own. */
  readonly effort?: Effort;
  /** Absent: the model's own way, which may be to think. */
  readonly thinking?: Thinking;
  /** JSON Schema that the answer's text must fit, as JSON. A runner holds the model to it as far as the model can be. Absent: any text. */
  readonly outputSchema?: JsonObject;
  /**
   * Fields of the API's request that are only passed on: `context_management`, `service_tier`... What the turn says in its own words goes
   * before them; `messages`, `system`, `model`, `stream` and `betas` are never among them. Absent: none.
   */
  readonly extra?: JsonObject;
  /** Names of the API's beta features that the turn asks for. Absent: none. */
  readonly betas?: readonly string[];
  /** Whom the caller asks for: an opaque id for Anthropic's abuse detection. */
  readonly endUser?: string;
  /** The longest it may take once it runs; the runner ends it then, with `turnTimedOut`. Absent: as long as it takes. */
  readonly timeoutMs?: number;
  /** The request that it is of, for the log. */
  readonly requestId?: string;
  /** What it is a part of, for who traces it further: headers, such as those of W3C Trace Context. Absent: nobody traces it. */
  readonly trace?: Readonly<Record<string, string>>;
  /** Whom the turn belongs to: nothing of it is matched with, or shown to, another tenant. */
  readonly tenant: string;
}

/** How the model samples. An absent value leaves the choice to the model. */
export interface Sampling {
  /** At most this many tokens are generated, reasoning included. */
  readonly maxOutputTokens?: number;
  /** 0 to 1, Claude's range. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  /** Only the so many likeliest tokens are drawn from. */
  readonly topK?: number;
  /** Generation ends before any of these would be written. */
  readonly stopSequences?: readonly string[];
}

/** The names of fields that the engine and runners say something of: as the `param` of an error, or as what has no effect. */
export const turnFields = ['temperature', 'topP', 'topK', 'seed', 'thinking', 'messages', 'tools', 'outputSchema'] as const;

/** One of `turnFields`. */
export type TurnField = (typeof turnFields)[number];
