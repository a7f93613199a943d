import type { TurnEvent } from '@claude-code-api/gateway';
import { textBlock } from '@claude-code-api/gateway/runner-kit';

/** The text that the caller gets of a turn of many steps, with a blank line between those of two steps. */
export interface AgentText {
  /** All of it, or the last step's alone. */
  readonly whole: string;
  beginStep(): void;
  /** What of an event the caller hears now. */
  tell(event: TurnEvent): TurnEvent[];
  /** What is left to tell when the turn ends. */
  end(): TurnEvent[];
}

/** With `lastOnly` the caller hears no text before the end: only then is it known which step is the last. */
export function createAgentText(lastOnly: boolean): AgentText {
  let all = '';
  let step = '';
  /** Whether the block that is open is not told. */
  let isHidden = false;

  function add(text: string): string {
    const told = step === '' && all !== '' ? `\n\n${text}` : text;
    step += text;
    all += told;
    return told;
  }

  return {
    get whole() {
      return lastOnly ? step : all;
    },
    beginStep() {
      step = '';
    },
    tell(event) {
      if (event.type === 'block-start') isHidden = lastOnly && event.block.type === 'text';
      const told = event.type === 'text-delta' ? { ...event, text: add(event.text) } : event;
      return isHidden && 'index' in event ? [] : [told];
    },
    end: () => (lastOnly && step !== '' ? textBlock(0, [step]) : []),
  };
}
