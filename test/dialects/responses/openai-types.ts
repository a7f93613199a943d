/** Holds what we write against the types of OpenAI's own package: `tsc -b` fails where they differ. */
import type { Response, ResponseOutputItem, ResponseStreamEvent, ResponseUsage } from 'openai/resources/responses/responses';
import type { OutputItem } from '../../../packages/gateway/src/dialects/responses/reply/output-item.ts';
import type { OutputEvent, LifecycleEvent } from '../../../packages/gateway/src/dialects/responses/reply/stream-event.ts';
import type { ResponseObject } from '../../../packages/gateway/src/dialects/responses/reply/to-response.ts';

/** The package's types have no `readonly`. */
type Writable<Type> = Type extends readonly (infer Each)[]
  ? Writable<Each>[]
  : Type extends object
    ? { -readonly [Key in keyof Type]: Writable<Type[Key]> }
    : Type;

/** Each event by itself, with its number. */
type Numbered<Event> = Event extends { readonly type: infer Name } ? OfType<Event, Name> : never;
type OfType<Event, Name> = Name extends string ? Writable<Omit<Event, 'type'>> & { type: Name; sequence_number: number } : never;

/** What is given back as it came is the caller's, or null where there is none; Codex knows more codes of errors than the package. */
type Echoed =
  | 'tools'
  | 'tool_choice'
  | 'text'
  | 'metadata'
  | 'error'
  | 'output'
  | 'usage'
  | 'user'
  | 'safety_identifier'
  | 'prompt_cache_key';

/** Fails to compile where ours is not one of theirs. */
type Fits<Theirs, Ours extends Theirs> = Ours;

export type Checked = [
  Fits<ResponseOutputItem, Writable<OutputItem>>,
  Fits<ResponseStreamEvent, Numbered<OutputEvent>>,
  Fits<Partial<Omit<Response, Echoed>>, Writable<Omit<ResponseObject, Echoed>>>,
  Fits<ResponseUsage, Writable<NonNullable<ResponseObject['usage']>>>,
  Fits<ResponseStreamEvent['type'], Exclude<LifecycleEvent, { type: 'keepalive' }>['type']>,
];
