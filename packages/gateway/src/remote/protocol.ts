import * as z from 'zod/mini';
import { GatewayError } from '../gateway-error.ts';
import { turnEventSchema, usageSchema } from '../turn/turn-event-schema.ts';
import { turnSchema } from '../turn/turn-schema.ts';

/**
 * The version of what gateways and machines say to each other. Both send it with everything, and refuse another. It is raised with every
 * change that the other side could misread.
 */
export const protocolVersion = 1;

/** Where both say their version. */
export const versionHeader = 'x-runner-version';

/** The paths of a machine. */
export const paths = {
  turns: '/runner/turns',
  count: '/runner/count',
  models: '/runner/models',
  abilities: '/runner/abilities',
  forget: '/runner/forget',
  state: '/runner/state',
  health: '/health',
} as const;

const text = z.exactOptional(z.string());

/** A turn on its way to a machine. */
export const turnRequestSchema = z.object({
  /** Pictures and documents are named in it by what `takeMediaOut` puts in their place. */
  turn: turnSchema,
  /** The pictures and documents that the machine may lack, by these names. */
  media: z.record(z.string(), z.string()),
  /** The gateway that asks: its turns are ended when it is not heard of any more. */
  gateway: z.string().check(z.minLength(1), z.maxLength(100)),
  /** What the conversation is known by when the next turn is placed. Absent: it can't be found again. */
  session: text,
  /** The how manieth turn of this gateway it is, wherever they run: see `stateRequestSchema`. Absent: it is not told when it is over. */
  number: z.exactOptional(z.int()),
  /** The longest that the machine may be silent, in milliseconds. */
  heartbeatMs: z.number().check(z.gte(50), z.lte(60_000)),
});

export type TurnRequest = z.infer<typeof turnRequestSchema>;

/** How a gateway asks a machine how it is. */
export const stateRequestSchema = z.object({
  gateway: z.string(),
  /**
   * How many turns this gateway has begun, and the numbers of those that it still waits for: others that run here have been left, and nobody
   * on the way has told of it.
   */
  turns: z.exactOptional(z.object({ begun: z.int(), waitedFor: z.array(z.int()) })),
});

/** What a gateway says of its turns. */
export type ToldTurns = NonNullable<z.infer<typeof stateRequestSchema>['turns']>;

/** A turn whose tokens are to be counted. */
export const countRequestSchema = z.object({ turn: turnSchema });

/** Null: the machine can't count it. */
export const countSchema = z.object({ tokens: z.nullable(z.number()) });

/** The answer to a turn some media of which the machine does not have: their names. Nothing has been done. */
export const lackingSchema = z.object({ lacking: z.array(z.string()) });

/** How much room a machine has. */
export const roomSchema = z.object({
  /** Turns that it runs at once. */
  places: z.number(),
  running: z.number(),
  queued: z.number(),
  /** Processes that wait for new conversations. */
  warm: z.number(),
  /** Processes that wait for a follow-up. */
  live: z.number(),
  /** The load of each core, over the last minute; 0 where it is not known. */
  load: z.number(),
});

/** How much room a machine has: numbers of turns and processes, and the load of each core. */
export type Room = z.infer<typeof roomSchema>;

/** How a machine is. */
export const stateSchema = z.object({
  /** The same whichever address it is asked at. Absent: it does not say. */
  identity: text,
  healthy: z.boolean(),
  problem: text,
  /** Whether it takes nothing new, since it is about to end. */
  draining: z.boolean(),
  room: roomSchema,
  /** The conversations that it ran last: by what they are known, and how many milliseconds ago that was. */
  holds: z.array(z.tuple([z.string(), z.number()])),
  /** What the runner tells of itself. */
  details: z.record(z.string(), z.unknown()),
});

export type MachineState = z.infer<typeof stateSchema>;

/** Codes of errors that are a machine's own: nothing has been done, and another may do better. */
export const machineFaults: ReadonlySet<string | null> = new Set(['shutting_down', 'claude_unavailable', 'claude_not_logged_in']);

/** Codes by which a machine refuses what it is asked, whatever that is. */
export const refusals: ReadonlySet<string | null> = new Set(['invalid_token', 'version_mismatch', 'invalid_request', 'unknown_url']);

const errorSchema = z.object({
  message: z.string(),
  /** No other can be answered with. */
  status: z.int().check(z.gte(400), z.lte(599)),
  code: z.nullable(z.string()),
  param: z.nullable(z.string()),
  expose: z.boolean(),
  resource: z.enum(['requests', 'tokens']),
  retryAfterSeconds: z.exactOptional(z.number()),
  shouldRetry: z.exactOptional(z.boolean()),
  upstreamRequestId: text,
  option: text,
});

/** An answer that is an error. */
export const failureSchema = z.object({ error: errorSchema });

const ownLines = [
  /** The link is alive; `queued`: the turn waits for a place, and its time has not begun. */
  z.object({ type: z.literal('beat'), queued: z.exactOptional(z.boolean()) }),
  /** See `TurnSpending`. */
  z.object({ type: z.literal('sent') }),
  z.object({ type: z.literal('used'), usage: usageSchema, costUsd: z.exactOptional(z.number()) }),
  /** `refused`: the machine has not begun it, and another one may. */
  z.object({ type: z.literal('error'), error: errorSchema, refused: z.boolean(), room: roomSchema }),
  /** The last line of a turn that has ended. */
  z.object({ type: z.literal('end'), room: roomSchema }),
] as const;

const ownLineSchema = z.discriminatedUnion('type', ownLines);
const ownTypes = new Set(['beat', 'sent', 'used', 'error', 'end']);

/** A line of a machine's answer that is no event of the turn. */
export type OwnLine = z.infer<typeof ownLineSchema>;
type Line = OwnLine | z.infer<typeof turnEventSchema>;

const typed = z.looseObject({ type: z.string() });

/**
 * Reads a line of a machine's answer.
 *
 * @throws {Error} When it is none.
 */
export function parseLine(line: string): Line {
  const value: unknown = JSON.parse(line);
  return ownTypes.has(typed.parse(value).type) ? ownLineSchema.parse(value) : turnEventSchema.parse(value);
}

export function isOwnLine(line: Line): line is OwnLine {
  return ownTypes.has(line.type);
}

/** An error as it goes over the wire: all but its cause and the headers, which are between a gateway and its caller. */
export function toWireError(error: GatewayError): z.infer<typeof errorSchema> {
  const { message, status, code, param, expose, resource, retryAfterSeconds, shouldRetry, upstreamRequestId, option } = error;
  return {
    ...{ message, status, code, param, expose, resource },
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(shouldRetry !== undefined && { shouldRetry }),
    ...(upstreamRequestId !== undefined && { upstreamRequestId }),
    ...(option !== undefined && { option }),
  };
}

export function fromWireError({ message, ...facts }: z.infer<typeof errorSchema>): GatewayError {
  return new GatewayError(message, facts);
}
