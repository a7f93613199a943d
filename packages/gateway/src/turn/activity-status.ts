import type { TurnEvent } from './turn-event.ts';

/** How a tool's use ended: it ran, it ran and failed, or it did not run since it is not allowed. */
export type ActivityStatus = 'completed' | 'failed' | 'denied';

export function activityStatus({ isError, denied }: Extract<TurnEvent, { type: 'activity-end' }>): ActivityStatus {
  if (denied) return 'denied';
  return isError ? 'failed' : 'completed';
}
