import { toSseFrame } from '../../sse.ts';

/** Frames an event of a response, of which `number` is its place among all. */
export function toEventFrame({ type, ...rest }: { readonly type: string }, number: number): string {
  return toSseFrame(JSON.stringify({ type, sequence_number: number, ...rest }), type);
}
