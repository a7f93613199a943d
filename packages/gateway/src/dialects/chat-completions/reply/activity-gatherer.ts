import type { JsonObject } from '../../../turn/tool.ts';
import type { TurnEvent } from '../../../turn/turn-event.ts';
import { activityStatus, type ActivityStatus } from '../../../turn/activity-status.ts';

/** One use of a tool of an agent's own. */
export interface ToldActivity {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Its text; empty for a use that the turn's end cut short, which has failed. */
  readonly result: string;
  readonly status: ActivityStatus;
}

export interface TurnActivity {
  /** In the order in which they began. */
  readonly activity: readonly ToldActivity[];
  /** Absent where the runner does not know. */
  readonly costUsd?: number;
  /** The limit that ended the turn. */
  readonly limit?: NonNullable<Extract<TurnEvent, { type: 'turn-end' }>['limit']>;
}

export interface ActivityGatherer {
  add(event: TurnEvent): void;
  gathered(): TurnActivity;
}

/** Gathers what an agent did in a turn, and what it cost. */
export function createActivityGatherer(): ActivityGatherer {
  const activity = new Map<string, ToldActivity>();
  let rest: Omit<TurnActivity, 'activity'> = {};

  return {
    add(event) {
      if (event.type === 'activity-start') {
        const { id, name, input } = event;
        activity.set(id, { id, name, input, result: '', status: 'failed' });
      } else if (event.type === 'activity-end') {
        const begun = activity.get(event.id);
        if (begun !== undefined) activity.set(event.id, { ...begun, result: event.result, status: activityStatus(event) });
      } else if (event.type === 'usage' && event.costUsd !== undefined) rest = { ...rest, costUsd: event.costUsd };
      else if (event.type === 'turn-end' && event.limit !== undefined) rest = { ...rest, limit: event.limit };
    },
    gathered: () => ({ activity: [...activity.values()], ...rest }),
  };
}
