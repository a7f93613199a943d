/** How hard the model works on an answer, in the API's own words. */
export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** How the model may think before it answers; `display` is what of it is shown, in the API's words, where the caller says. */
export type Thinking =
  /** Not at all, as far as the model can be kept from it. */
  | { readonly type: 'off' }
  /** As much as the model finds right. */
  | { readonly type: 'adaptive'; readonly display?: string }
  /** At most so many tokens; at least 1024, and fewer than the answer may have. */
  | { readonly type: 'budget'; readonly tokens: number; readonly display?: string };

/** How hard to think as callers and settings say it: `none` not at all, `minimal` as `low`. */
export type ReasoningEffort = 'none' | 'minimal' | Effort;

/** How the model is to think, and how hard. Empty: as it likes. */
export interface Reasoning {
  readonly effort?: Effort;
  readonly thinking?: Thinking;
}

/** How hard to think as callers and settings say it, in the API's terms. */
export function toReasoning(effort: ReasoningEffort): Reasoning {
  if (effort === 'none') return { thinking: { type: 'off' } };
  return { effort: effort === 'minimal' ? 'low' : effort, thinking: { type: 'adaptive', display: 'summarized' } };
}
