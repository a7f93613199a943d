import type { Asking, AskingOptions } from '../create-asking.ts';

/** A step asks something of a server, and checks all that is to come of it. */
export type Steps = Readonly<Record<string, { readonly weight: number; readonly run: () => Promise<void> }>>;

/** What steps are made of. */
export interface StepTools extends AskingOptions {
  readonly asking: Asking;
  readonly deleted: string[];
}
