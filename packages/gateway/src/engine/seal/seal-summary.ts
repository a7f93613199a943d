import type { TurnTransform } from '../events/transform-turn.ts';
import type { Sealer } from './create-sealer.ts';
import type { SealedSummary } from './open-seals.ts';

/** What goes before the summary, where it is brought back. */
const introduction = 'A summary of the conversation so far:';

/** Makes of an answer that sums up what was said one block of the type `compaction`, in which its text is sealed. All else of it is left out. */
export function sealSummary(tenant: string, sealer: Sealer): TurnTransform {
  let text = '';
  return (event) => {
    if (event.type === 'turn-start' || event.type === 'usage') return [event];
    if (event.type === 'text-delta') text += event.text;
    if (event.type !== 'turn-end') return [];
    const summary: SealedSummary = { summary: `${introduction}\n\n${text}` };
    return sealer
      .seal(JSON.stringify(summary), tenant)
      .then((seal) => [
        { type: 'block-start', index: 0, block: { type: 'other', block: { type: 'compaction', encrypted_content: seal } } },
        { type: 'block-end', index: 0 },
        event,
      ]);
  };
}
