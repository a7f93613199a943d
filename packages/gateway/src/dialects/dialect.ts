import type { Answer } from '../engine/answer.ts';
import type { TurnRequest } from '../engine/turn-request.ts';
import type { GatewayError } from '../gateway-error.ts';
import type { ModelObject } from '../models/model-catalog.ts';
import type { CallFault } from '../turn/find-call-fault.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { TurnField } from '../turn/turn.ts';

/** One wire format: it reads requests and writes replies, and decides nothing about what a turn does. `ARCHITECTURE.md` says why. */
export interface Dialect<Request> {
  /** Where its requests are posted: `/v1/chat/completions`. */
  readonly path: string;
  /**
   * Reads a body, and what of a request is said by headers of its own.
   *
   * @throws {GatewayError} 400 for what is malformed or contradicts itself, with the body's own names.
   */
  parse(body: unknown, headers: Headers): Request;
  /**
   * Puts what is kept here in the place of what a request only refers to. Absent: its requests refer to nothing.
   *
   * @param find Gets an item of a kept response by its id; undefined where there is none.
   * @throws {GatewayError} 400 for what is not there.
   */
  resolve?(request: Request, find: FindItem): Promise<Request>;
  /**
   * Says what a request asks for: one turn, or several that run side by side, whose choices come one behind another; those are part of no
   * conversation (`keep: false`).
   *
   * @throws {GatewayError} 400 for what contradicts itself, with the body's own names.
   */
  toTurnRequest(request: Request): TurnRequest | readonly TurnRequest[];
  /** The request's own name of a field, for what has no effect and for errors. */
  nameOf(request: Request, field: TurnField): string;
  /** Says what is wrong with the calls and results of a request, or, where there is no place, of its conversation as the request goes on with it. */
  readonly callFault: (fault: CallFault) => GatewayError;
  /** Reads the whole answer and says it as one JSON object; what fails is thrown. */
  replyWhole(request: Request, answer: Answer): Promise<object>;
  /** Says the answer's events as they come. */
  replyStreamed(request: Request, answer: Answer): ReplyWriter;
  /** The content type of streamed replies. */
  readonly streamType: string;
  readonly errorBody: ErrorBody;
  /** How its clients are known, and answered, where no turn is asked for. Absent: as OpenAI's, which nothing tells apart. */
  readonly clients?: DialectClients;
  /** How it lists the models that a caller may ask for, with the default first, and where: `GET /api/tags`. Absent: it has no list of its own. */
  readonly modelList?: { readonly path: string; readonly reply: (models: readonly ModelObject[]) => object };
}

/** The clients of a dialect on routes that it shares with others, and where there is no route. */
export interface DialectClients {
  /** Whether a request is from one of them: by a header that all of them send, and no others do. */
  sent(request: Request): boolean;
  /** In which header they read the id of their request, beside `x-request-id`. */
  readonly requestIdHeader: string;
  /** What `GET /v1/models` answers them. */
  toModelList(models: readonly ModelObject[], query: URLSearchParams): object;
  /** What `GET /v1/models/{model}` answers them. */
  toModel(model: ModelObject): object;
}

/** The form in which errors are told. */
export type ErrorForm = Pick<Dialect<unknown>, 'errorBody' | 'clients'>;

/** Gets an item of a kept response, as it was told, by its id; undefined where there is none. */
export type FindItem = (id: string) => Promise<JsonObject | undefined>;

/** The JSON object that tells a caller of an error. The error's message, param and code are written for the caller. */
export type ErrorBody = (error: GatewayError, requestId: string) => object;

/** Writes one streamed reply: each text goes over the wire as it is. */
export interface ReplyWriter {
  /** What an event of a choice's turn gives rise to. */
  write(event: TurnEvent, index: number): string[];
  /** What keeps a silent connection alive: a comment where the form has such, or else, and for `chunk`, something that says nothing. */
  idle(form: 'comment' | 'chunk'): string[];
  /** What is left to say when all turns have ended, the stream's own end included. */
  end(): string[];
  /** The reply as it has been told so far, as one object. Absent: none can be read again. */
  told?(): JsonObject;
  /** What else is said of a reply that nobody waits for. Absent: there are no such. */
  readonly background?: BackgroundWriter;
  /** What is said when the stream fails; nothing follows. */
  fail(error: GatewayError, requestId: string): string[];
}

/** Each text is one event, numbered from 0 on; nothing that keeps a connection alive counts. */
export interface BackgroundWriter {
  /** What is said at first, while the turn waits for its place. */
  wait(): string[];
  /** What is said when it has its place. */
  begin(): string[];
  /** What is said when it is cancelled; nothing follows. */
  cancel(): string[];
  /** What is said when there is no room for what was said: that it has failed, and `told` has nothing of it any more. */
  cutShort(error: GatewayError): string[];
  /** What is said to who hears of it when the rest can't be told them now; it is no event of the reply, which goes on. */
  interrupt(error: GatewayError): string[];
}
