import { activityStatus, type TurnEvent } from '../../../turn/turn-event.ts';
import type { ActivityPiece } from './completion-chunk.ts';
import { inPieces } from '../../openai/openai-sse.ts';

type ActivityEvent = Extract<TurnEvent, { type: 'activity-start' | 'activity-end' }>;

/**
 * What the chunks of a stream tell of an agent's use of a tool: of a long input each has a piece of its JSON, of a long result each
 * has a piece, and the last one the status.
 */
export function toActivityPieces(event: ActivityEvent): ActivityPiece[] {
  const { id } = event;
  if (event.type === 'activity-start') {
    const { name, input } = event;
    const pieces = inPieces(JSON.stringify(input));
    const told = pieces.length === 1 ? [{ input }] : pieces.map((json) => ({ input_json: json }));
    return told.map((each) => ({ id, name, ...each, status: 'running' }));
  }
  const pieces = inPieces(event.result);
  return pieces.map((result, index) => ({ id, status: index < pieces.length - 1 ? 'running' : activityStatus(event), result }));
}
