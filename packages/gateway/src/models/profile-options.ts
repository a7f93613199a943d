import type { ReasoningEffort } from '../turn/reasoning.ts';

/** What the gateway has to know of a profile; what Claude may do in its turns is the runner's matter. */
export interface ProfileOptions {
  /** How hard the model thinks in its turns when a request does not say. Default: the gateway's `defaults.effort`. */
  readonly effort?: ReasoningEffort;
  /** Whether Claude can search the web in its turns. Default: false. */
  readonly searches?: boolean;
}
