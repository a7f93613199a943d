import type { StartedBlock, TurnEvent } from '../turn/turn-event.ts';

/** An event as scripts may write it: its block may be left out. A call begins with `call`, another block with its first piece. */
export type ScriptEvent =
  | TurnEvent
  | { readonly type: 'text-delta'; readonly text: string; readonly index?: never }
  | { readonly type: 'thinking-delta'; readonly thinking: string; readonly index?: never }
  | { readonly type: 'call'; readonly id: string; readonly name: string }
  | { readonly type: 'input-delta'; readonly json: string; readonly index?: never };

/**
 * Makes a function that puts the events of a script into blocks, one by one. Neighbouring pieces of one kind are one block; activities stand
 * outside.
 */
export function scriptBlocks(): (event: ScriptEvent) => TurnEvent[] {
  let index = -1;
  let open: StartedBlock['type'] | undefined;

  function end(): TurnEvent[] {
    if (open === undefined) return [];
    open = undefined;
    return [{ type: 'block-end', index }];
  }

  function begin(block: StartedBlock): TurnEvent[] {
    const ended = end();
    open = block.type;
    index += 1;
    return [...ended, { type: 'block-start', index, block }];
  }

  return (event) => {
    if (event.type === 'call') return begin({ type: 'tool_use', id: event.id, name: event.name });
    if ('index' in event && event.index !== undefined) {
      ({ index } = event);
      return [event];
    }
    switch (event.type) {
      case 'text-delta':
        return [...(open === 'text' ? [] : begin({ type: 'text' })), { type: 'text-delta', index, text: event.text }];
      case 'thinking-delta':
        return [...(open === 'thinking' ? [] : begin({ type: 'thinking' })), { type: 'thinking-delta', index, thinking: event.thinking }];
      case 'input-delta':
        return [{ type: 'input-delta', index, json: event.json }];
      default:
        return [...end(), event];
    }
  };
}

/** Puts all events of a script into blocks, as `scriptBlocks` does one by one. */
export function inBlocks(events: Iterable<ScriptEvent>): TurnEvent[] {
  return Array.from(events, scriptBlocks()).flat();
}

/** The events of a turn as a script writes them: without starts and ends of texts and thinking. */
export function withoutBlocks(events: Iterable<TurnEvent>): ScriptEvent[] {
  return Array.from(events).flatMap((event): ScriptEvent[] => {
    switch (event.type) {
      case 'block-start':
        return event.block.type === 'tool_use' ? [{ type: 'call', id: event.block.id, name: event.block.name }] : [];
      case 'block-end':
        return [];
      case 'text-delta':
        return [{ type: 'text-delta', text: event.text }];
      case 'thinking-delta':
        return [{ type: 'thinking-delta', thinking: event.thinking }];
      case 'input-delta':
        return [{ type: 'input-delta', json: event.json }];
      default:
        return [event];
    }
  });
}
