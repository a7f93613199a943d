import type { JsonObject } from '../../../turn/tool.ts';
import type { MessageItem, OutputPart, TextPart, UrlCitation } from './output-item.ts';
import type { ItemPlace, OpenItem } from './open-item.ts';
import type { OutputEvent } from './stream-event.ts';
import { citationsIn, type WebSource } from './web-sources.ts';

export interface OpenMessage extends OpenItem {
  readonly added: MessageItem;
  /** Says why Claude refuses, as far as the API tells it. */
  refuse(refusal?: string): OutputEvent[];
}

/**
 * Begins a message: each text block is a part of it.
 *
 * @param sources What was found on the web so far. Default: nothing.
 */
export function openMessage(place: ItemPlace, sources: () => readonly WebSource[] = () => []): OpenMessage {
  const parts: OutputPart[] = [];
  let text: string | undefined;
  let citations: JsonObject[] = [];

  function toItem(status: MessageItem['status']): MessageItem {
    return { id: place.item_id, type: 'message', status, role: 'assistant', content: parts };
  }

  /** Where the part stands that is being told. */
  function inPart(): ItemPlace & { content_index: number } {
    return { ...place, content_index: parts.length };
  }

  function endPart(): OutputEvent[] {
    if (text === undefined) return [];
    const { length } = text;
    const annotations = [...citations.flatMap((citation) => toAnnotation(citation, length)), ...citationsIn(text, sources())];
    const part = toTextPart(text, annotations);
    const events: OutputEvent[] = [
      ...annotations.map((annotation, index): OutputEvent => ({
        type: 'response.output_text.annotation.added',
        ...inPart(),
        annotation_index: index,
        annotation,
      })),
      { type: 'response.output_text.done', ...inPart(), text, logprobs: [] },
      { type: 'response.content_part.done', ...inPart(), part },
    ];
    parts.push(part);
    text = undefined;
    citations = [];
    return events;
  }

  return {
    added: { ...toItem('in_progress'), content: [] },
    add(event) {
      if (event.type === 'citation') citations.push(event.citation);
      if (event.type === 'block-end') return endPart();
      if (event.type !== 'text-delta' || event.text === '') return [];
      const begun: OutputEvent[] =
        text === undefined ? [{ type: 'response.content_part.added', ...inPart(), part: toTextPart('', []) }] : [];
      text = (text ?? '') + event.text;
      return [...begun, { type: 'response.output_text.delta', ...inPart(), delta: event.text, logprobs: [] }];
    },
    refuse(refusal = 'Claude declined to answer.') {
      const events: OutputEvent[] = [
        { type: 'response.content_part.added', ...inPart(), part: { type: 'refusal', refusal: '' } },
        { type: 'response.refusal.delta', ...inPart(), delta: refusal },
        { type: 'response.refusal.done', ...inPart(), refusal },
        { type: 'response.content_part.done', ...inPart(), part: { type: 'refusal', refusal } },
      ];
      parts.push({ type: 'refusal', refusal });
      return events;
    },
    end(status, phase) {
      const events = endPart();
      return { events, item: { ...toItem(status), ...(status === 'completed' && phase !== undefined && { phase }) } };
    },
  };
}

function toTextPart(text: string, annotations: UrlCitation[]): TextPart {
  return { type: 'output_text', text, annotations, logprobs: [] };
}

/** Claude cites for a whole block. What has no address can't be told. */
function toAnnotation({ url, title }: JsonObject, length: number): UrlCitation[] {
  if (typeof url !== 'string') return [];
  return [{ type: 'url_citation', url, title: typeof title === 'string' ? title : '', start_index: 0, end_index: length }];
}
