import type { AnswerCacheResult } from '../cache/create-answer-cache.ts';
import type { ResponsePosition } from '../ports/response-store.ts';
import type { TurnEvent, ActivityMode } from '../turn/turn-event.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { HostedTools } from './hosted/hosted-tools.ts';

/** The answers to a request, on their way. */
export interface Answer {
  /** The events of each choice's turn; none runs before they are iterated, which can be done once. */
  readonly turns: readonly AsyncIterable<TurnEvent>[];
  /** The conversation that the turn belongs to: at the beginning as it is to be, at the end as it is. */
  readonly conversationId: () => string | undefined;
  /** Keeps the answer as a response. Absent: it is only told. */
  readonly response?: ResponseKeeping | undefined;
  /** How the response cache took part; undefined where there is none. */
  readonly cache: AnswerCacheResult['outcome'] | undefined;
  /** How the activity of agents is told. */
  readonly activity: ActivityMode;
  /** Whether the request asks for searches of the web, and gets them. Default: false. */
  readonly searches?: boolean;
  /** The tools that the gateway calls. Absent: none. */
  readonly hosted?: Pick<HostedTools, 'known' | 'servers'> | undefined;
}

export interface ResponseKeeping {
  readonly id: string;
  /** What it was asked, as it is kept. */
  readonly input: readonly JsonObject[];
  /** Where the answer stands in its conversation; undefined before it has ended well. */
  position(): ResponsePosition | undefined;
  /** Keeps it, once it has ended, as it was told. False where it can't be read again, of a reply that has not begun. */
  keep(told: JsonObject): Promise<boolean>;
}
