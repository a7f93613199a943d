import { GatewayError } from '../gateway-error.ts';
import { linkAbort, withinTime } from '../basics/waiting.ts';
import type { TurnSpending } from '../ports/claude-runner.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import {
  failureSchema,
  fromWireError,
  isOwnLine,
  lackingSchema,
  machineFaults,
  parseLine,
  paths,
  protocolVersion,
  refusals,
  versionHeader,
  type Room,
  type TurnRequest,
} from './protocol.ts';
import { refuseRedirect } from '../basics/refuse-redirect.ts';
import { splitLines } from '../basics/split-lines.ts';
import { MachineError } from './machine-error.ts';
import { readAnswer } from './read-answer.ts';
import type { TurnWithoutMedia } from './take-media-out.ts';

export interface MachineLinkOptions {
  /** Base URL. */
  readonly url: string;
  readonly token: string;
  /** Names this gateway to the machine. */
  readonly gateway: string;
  /** The longest that the machine is to be silent; three times that ends a turn. */
  readonly heartbeatMs: number;
  /** The longest line that is read of it, in characters. */
  readonly maxLineCharacters: number;
  readonly fetch: typeof fetch;
}

export interface AskedTurn extends TurnWithoutMedia {
  /** See `TurnRequest`. */
  readonly number: number;
  readonly session: string | undefined;
  readonly spending: TurnSpending | undefined;
  readonly signal: AbortSignal;
  /** Is told at the turn's end how much room the machine has. */
  readonly onRoom: (room: Room) => void;
}

/** The way to one machine. */
export interface MachineLink {
  /**
   * Runs a turn there. Leaving the iteration, or the signal's abort, stops it.
   *
   * @throws {MachineError} When the machine is not reached, refuses, or is lost.
   * @throws {GatewayError} When the turn failed.
   */
  run(turn: AskedTurn): AsyncGenerator<TurnEvent, void, undefined>;
  /**
   * Asks it for anything else.
   *
   * @param body POSTed as JSON; undefined: a GET.
   * @throws {MachineError | GatewayError} As `run`; on an abort, the signal's reason.
   */
  ask(path: string, body: object | undefined, timeoutMs: number, signal?: AbortSignal): Promise<unknown>;
}

/** How many names of media that the machine has seen are remembered. */
const maxSeen = 5000;
/** How much longer than the turn itself a machine may tell nothing of it, once it has a place there: how long it waits for that is bounded there. */
const longestWaitMs = 600_000;
/**
 * How many times in a row the machine may be silent. Silences are counted, not time: while this process itself was stopped, the machine was not
 * silent.
 */
const mostSilences = 3;

export function createMachineLink(options: MachineLinkOptions): MachineLink {
  const { url, gateway, heartbeatMs } = options;
  const seen = new Set<string>();

  async function send(path: string, body: string | undefined, signal: AbortSignal): Promise<Response> {
    try {
      const response = await options.fetch(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${options.token}`,
          [versionHeader]: String(protocolVersion),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
        // The token is for this machine alone.
        redirect: 'manual',
        signal,
      });
      refuseRedirect(response);
      await checkReply(response, options.maxLineCharacters);
      return response;
    } catch (error) {
      if (error instanceof MachineError || GatewayError.isInstance(error)) throw error;
      throw signal.aborted ? signal.reason : MachineError.unreachable(error);
    }
  }

  async function begin({ turn, number, media, session }: AskedTurn, signal: AbortSignal): Promise<Response> {
    const isSeen = (name: string): boolean => seen.has(`${name}\n${turn.tenant}`);
    let sent = [...media].filter(([name]) => !isSeen(name));
    for (let attempt = 0; ; attempt += 1) {
      const request: TurnRequest = {
        turn,
        media: Object.fromEntries(sent),
        ...{ gateway, number, heartbeatMs },
        ...(session !== undefined && { session }),
      };
      const response = await send(paths.turns, JSON.stringify(request), signal);
      for (const [name] of sent) seen.add(`${name}\n${turn.tenant}`);
      for (const name of seen) if (seen.size > maxSeen) seen.delete(name);
      if (response.status !== 409) return response;
      const { lacking } = lackingSchema.parse(await readAnswer(response, options.maxLineCharacters));
      if (attempt > 0) throw MachineError.brokenProtocol('it asks for the same pictures again');
      // All of them, so that none that it has can be lost meanwhile.
      sent = [...media];
      for (const name of lacking) seen.delete(`${name}\n${turn.tenant}`);
    }
  }

  return {
    async ask(path, body, timeoutMs, signal) {
      const ending = signal === undefined ? new AbortController() : linkAbort(signal);
      const timer = setTimeout(() => ending.abort(MachineError.unreachable(undefined)), timeoutMs);
      try {
        const response = await send(path, body && JSON.stringify(body), ending.signal);
        return await readAnswer(response, options.maxLineCharacters);
      } catch (error) {
        throw ending.signal.aborted ? ending.signal.reason : error;
      } finally {
        clearTimeout(timer);
      }
    },

    async *run(asked) {
      const ending = new AbortController();
      const onAbort = (): void => ending.abort(asked.signal.reason);
      if (asked.signal.aborted) onAbort();
      else asked.signal.addEventListener('abort', onAbort, { once: true });
      let silences = 0;
      /** Times in a row with no news of the turn, be the machine alive or not. */
      let idle = 0;
      const { timeoutMs = Infinity } = asked.turn;
      let isWaiting = true;
      let isWhole = false;
      let reader: Reading | undefined;
      const watch = setInterval(() => {
        silences += 1;
        idle += 1;
        const isStuck = idle * heartbeatMs > timeoutMs + longestWaitMs;
        if (isWaiting && (silences > mostSilences || isStuck)) ending.abort(MachineError.lost());
      }, heartbeatMs);
      try {
        const response = await begin(asked, ending.signal);
        const split = splitLines(options.maxLineCharacters);
        reader = bodyOf(response).getReader();
        for (;;) {
          isWaiting = true;
          const { done, value } = await read(reader, ending.signal);
          isWaiting = false;
          silences = 0;
          if (done) throw MachineError.lost();
          for (const text of split(value)) {
            const line = parseLine(text);
            if (!isOwnLine(line) || line.type !== 'beat' || line.queued === true) idle = 0;
            if (!isOwnLine(line)) yield line;
            else if (line.type === 'sent') asked.spending?.sent();
            else if (line.type === 'used') asked.spending?.used(line.usage, line.costUsd);
            else if (line.type !== 'beat') {
              isWhole = true;
              asked.onRoom(line.room);
              if (line.type === 'end') return;
              const error = fromWireError(line.error);
              throw line.refused ? new MachineError(error) : error;
            }
          }
        }
      } catch (error) {
        if (asked.signal.aborted) throw asked.signal.reason;
        throw error instanceof MachineError || GatewayError.isInstance(error) ? error : MachineError.brokenProtocol(error);
      } finally {
        clearInterval(watch);
        asked.signal.removeEventListener('abort', onAbort);
        // At its end the connection is free for the next turn; before that, to leave it is what stops the turn.
        const cut = (): void => ending.abort(new Error('left'));
        if (isWhole && reader !== undefined) void withinTime(readEnd(reader), heartbeatMs).catch(cut);
        else cut();
      }
    },
  };
}

/** @throws {MachineError | GatewayError} For what is no answer to go on with. */
async function checkReply(response: Response, maxCharacters: number): Promise<void> {
  const version = response.headers.get(versionHeader);
  if (version !== String(protocolVersion)) {
    void response.body?.cancel().catch(() => {});
    throw MachineError.otherVersion(version);
  }
  if (response.ok || response.status === 409) return;
  const error = fromWireError(failureSchema.parse(await readAnswer(response, maxCharacters)).error);
  if (refusals.has(error.code)) throw MachineError.refused(error);
  throw machineFaults.has(error.code) ? new MachineError(error) : error;
}

type Reading = ReadableStreamDefaultReader<Uint8Array>;

async function read(reader: Reading, signal: AbortSignal): ReturnType<Reading['read']> {
  try {
    return await reader.read();
  } catch (error) {
    throw signal.aborted ? signal.reason : MachineError.lost(error);
  }
}

/** @throws {Error} When there is more: nothing comes behind a turn's end. */
async function readEnd(reader: Reading): Promise<void> {
  if (!(await reader.read()).done) throw new Error('There is more.');
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) throw MachineError.brokenProtocol('it answers nothing');
  return body;
}
