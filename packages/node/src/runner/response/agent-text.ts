/** The text that the caller gets of a turn of many steps, with a blank line between those of two steps. */
export interface AgentText {
  /** All of it, or the last step's alone. */
  readonly whole: string;
  beginStep(): void;
  /** Adds what the model says, and gives what of it the caller hears now. */
  add(text: string): string;
}

/** With `lastOnly` the caller hears nothing before the end: only then is it known which step is the last. */
export function createAgentText(lastOnly: boolean): AgentText {
  let all = '';
  let step = '';
  return {
    get whole() {
      return lastOnly ? step : all;
    },
    beginStep() {
      step = '';
    },
    add(text) {
      const told = step === '' && all !== '' ? `\n\n${text}` : text;
      step += text;
      all += told;
      return lastOnly ? '' : told;
    },
  };
}
