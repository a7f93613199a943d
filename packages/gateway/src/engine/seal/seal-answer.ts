import type { RedactedThinkingBlock, ThinkingBlock } from '../../turn/content-block.ts';
import type { Turn } from '../../turn/turn.ts';
import type { Sealer } from './create-sealer.ts';
import type { TurnTransform } from '../events/transform-turn.ts';
import type { SealedSummary } from './open-seals.ts';

/** What is in a seal: what Claude thought, and which model did. */
export interface SealedThinking {
  /** As it was asked for. */
  readonly asked: string;
  /** As the API names it. */
  readonly model: string;
  readonly block: ThinkingBlock | RedactedThinkingBlock;
}

/** Seals each block of thinking that the API takes back, for callers that bring the answer back themselves. */
export function sealThinking({ tenant, model: asked }: Pick<Turn, 'tenant' | 'model'>, sealer: Sealer): TurnTransform {
  let model = '';
  let block: SealedThinking['block'] | undefined;
  return (event) => {
    if (event.type === 'turn-start') model = event.model;
    else if (event.type === 'block-start') {
      if (event.block.type === 'redacted_thinking') block = event.block;
      else block = event.block.type === 'thinking' ? { type: 'thinking', thinking: '', signature: '' } : undefined;
    } else if (event.type === 'thinking-delta' && block?.type === 'thinking')
      block = { ...block, thinking: block.thinking + event.thinking };
    else if (event.type === 'signature' && block?.type === 'thinking') block = { ...block, signature: block.signature + event.signature };
    else if (event.type === 'block-end' && block !== undefined && (block.type === 'redacted_thinking' || block.signature !== '')) {
      const sealed: SealedThinking = { asked, model, block };
      return sealer.seal(JSON.stringify(sealed), tenant).then((seal) => [{ ...event, seal }]);
    }
    return [event];
  };
}

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
