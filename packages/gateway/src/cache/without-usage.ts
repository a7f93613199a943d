import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';

/** The event as one is told who spends no tokens on it. */
export function withoutUsage(event: TurnEvent): TurnEvent {
  return event.type === 'turn-start' || event.type === 'usage' ? { ...event, usage: noUsage } : event;
}
