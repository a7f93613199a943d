import type { Answer } from '../engine/answer.ts';
import type { AskedModel } from '../engine/asked-model.ts';
import type { TurnRequest } from '../engine/turn-request.ts';
import type { GatewayError } from '../gateway-error.ts';
import type { TurnEvent } from '../turn/turn-event.ts';

/** One wire format: it reads requests and writes replies, and decides nothing about what a turn does. */
export interface Dialect<Request extends DialectRequest> {
  /**
   * Reads a body.
   *
   * @throws {GatewayError} 400 for what is malformed or contradicts itself, with the body's own names.
   */
  parse(body: unknown): Request;
  /**
   * Says what a request asks for.
   *
   * @throws {GatewayError} 400 for what the model can't be asked.
   */
  toTurnRequest(request: Request, model: AskedModel): TurnRequest;
  /** Reads the whole answer and says it as one JSON object; what fails is thrown. */
  replyWhole(request: Request, answer: Answer): Promise<object>;
  /** Says the answer's events as they come. */
  replyStreamed(request: Request, answer: Answer): ReplyWriter;
  readonly stream: StreamForm;
}

export interface DialectRequest {
  /** The model's name, as the caller gives it. */
  readonly model: string;
}

/** Writes one streamed reply, as JSON texts; each becomes an event of the stream. */
export interface ReplyWriter {
  /** What an event of a choice's turn gives rise to. */
  write(event: TurnEvent, index: number): string[];
  /** Something that says nothing, to keep a connection alive. */
  idle(): string[];
  /** What is left to say when all turns have ended. */
  end(): string[];
  /** What is said when the stream fails; nothing follows but the form's end. */
  fail(error: GatewayError): string[];
}

/** How the JSON texts of a stream go over the wire. */
export interface StreamForm {
  readonly contentType: string;
  /** One event. */
  frame(json: string): string;
  /** What follows the last event; empty for nothing. */
  readonly end: string;
}
