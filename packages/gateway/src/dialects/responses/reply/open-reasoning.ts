import type { ReasoningItem, SummaryPart } from './output-item.ts';
import type { ItemPlace, OpenItem } from './open-item.ts';
import type { OutputEvent } from './stream-event.ts';

/** Stands between the seals of an item of several blocks. */
export const sealSeparator = ',';

export interface OpenReasoning extends OpenItem {
  readonly added: ReasoningItem;
}

/**
 * Begins a reasoning item: what each block of thinking says is a part of its summary, which all clients show; what the API wants back is
 * sealed in it.
 *
 * @param isShown Whether the caller is to read what Claude thinks.
 */
export function openReasoning(place: ItemPlace, isShown: boolean): OpenReasoning {
  const summary: SummaryPart[] = [];
  const seals: string[] = [];
  let text: string | undefined;

  function toItem(status: ReasoningItem['status']): ReasoningItem {
    const sealed = seals.length > 0 ? { encrypted_content: seals.join(sealSeparator) } : {};
    return { id: place.item_id, type: 'reasoning', status, summary, ...sealed };
  }

  function inPart(): ItemPlace & { summary_index: number } {
    return { ...place, summary_index: summary.length };
  }

  function endPart(): OutputEvent[] {
    if (text === undefined) return [];
    const part: SummaryPart = { type: 'summary_text', text };
    const events: OutputEvent[] = [
      { type: 'response.reasoning_summary_text.done', ...inPart(), text },
      { type: 'response.reasoning_summary_part.done', ...inPart(), part },
    ];
    summary.push(part);
    text = undefined;
    return events;
  }

  return {
    added: { ...toItem('in_progress'), summary: [] },
    add(event) {
      if (event.type === 'block-end') {
        if (event.seal !== undefined) seals.push(event.seal);
        return endPart();
      }
      if (event.type !== 'thinking-delta' || event.thinking === '' || !isShown) return [];
      const begun: OutputEvent[] =
        text === undefined
          ? [{ type: 'response.reasoning_summary_part.added', ...inPart(), part: { type: 'summary_text', text: '' } }]
          : [];
      text = (text ?? '') + event.thinking;
      return [...begun, { type: 'response.reasoning_summary_text.delta', ...inPart(), delta: event.thinking }];
    },
    end: (status) => ({ events: endPart(), item: toItem(status) }),
  };
}
