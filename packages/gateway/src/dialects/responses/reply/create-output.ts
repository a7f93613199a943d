import type { TurnEvent } from '../../../turn/turn-event.ts';
import { noUsage } from '../../../turn/usage.ts';
import { createActivityItems } from './create-activity-items.ts';
import { createHostedItems } from './create-hosted-items.ts';
import { openCall } from './open-call.ts';
import { newId, type Output, type OutputEnd, type OutputOptions, toOutputEnd } from './output.ts';
import { type Begun, type ItemPlace, openCompaction, type OpenItem } from './open-item.ts';
import { openMessage, type OpenMessage } from './open-message.ts';
import { openReasoning } from './open-reasoning.ts';
import type { MessagePhase, OutputItem } from './output-item.ts';
import type { OutputEvent } from './stream-event.ts';

/**
 * Makes the items of a response from the events of its turn. An item ends when the next one begins, or the turn ends: by then it is known
 * whether it is whole. Only the message of an agent stays open while it acts and thinks: all of its texts are one.
 */
export function createOutput(options: OutputOptions): Output {
  const items: (OutputItem | undefined)[] = [];
  const activities = createActivityItems(items, options);
  const hosted = createHostedItems(items, options);
  let message: Begun<OpenMessage> | undefined;
  let other: Begun<OpenItem> | undefined;
  /** The id for a message that is begun once it says something. */
  let messageId: string | undefined;
  let hasActed = false;
  let usage = noUsage;
  let end: OutputEnd | undefined;

  function begin<Item extends OpenItem>(
    itemId: string,
    make: (place: ItemPlace) => Item,
  ): Begun<Item> & { readonly events: OutputEvent[] } {
    const place = { item_id: itemId, output_index: items.length };
    const item = make(place);
    items.push(undefined);
    return { item, place, events: [{ type: 'response.output_item.added', output_index: place.output_index, item: item.added }] };
  }

  function finish(begun: Begun<OpenItem> | undefined, status: OutputEnd['status'] = 'completed', phase?: MessagePhase): OutputEvent[] {
    if (begun === undefined) return [];
    const { events, item } = begun.item.end(status, phase);
    const { output_index: index } = begun.place;
    items[index] = item;
    return [...events, { type: 'response.output_item.done', output_index: index, item }];
  }

  function endOther(status?: OutputEnd['status']): OutputEvent[] {
    const events = finish(other, status);
    other = undefined;
    return events;
  }

  /** What is said before something else is done is not the answer yet. */
  function endMessage(status?: OutputEnd['status'], phase: MessagePhase = 'commentary'): OutputEvent[] {
    const events = finish(message, status, phase);
    message = undefined;
    return events;
  }

  function endAll(status?: OutputEnd['status']): OutputEvent[] {
    return [...endMessage(status, 'final_answer'), ...endOther(status), ...activities.end(), ...hosted.end()];
  }

  function beginMessage(): OutputEvent[] {
    const { events, ...begun } = begin(messageId ?? newId('msg'), (place) => openMessage(place, activities.sources));
    message = begun;
    return events;
  }

  function beginOther(itemId: string, make: (place: ItemPlace) => OpenItem): OutputEvent[] {
    const { events, ...begun } = begin(itemId, make);
    other = begun;
    return events;
  }

  function startBlock({ block, itemId }: Extract<TurnEvent, { type: 'block-start' }>): OutputEvent[] {
    switch (block.type) {
      case 'text': {
        const isNew = message !== undefined && itemId !== undefined && message.place.item_id !== itemId;
        messageId = itemId;
        hasActed = false;
        return [...(isNew ? endMessage() : []), ...endOther()];
      }
      case 'thinking':
      case 'redacted_thinking':
        if (other !== undefined && itemId !== undefined && other.place.item_id === itemId) return [];
        return [
          ...(hasActed ? [] : endMessage()),
          ...endOther(),
          ...beginOther(itemId ?? newId('rs'), (place) => openReasoning(place, options.showsThinking)),
        ];
      case 'tool_use': {
        const id = itemId ?? newId('fc');
        const ended = [...endMessage(), ...endOther()];
        const begun = hosted.begin(block, id);
        if (begun !== undefined) return [...ended, ...begun];
        const tool = options.tools.get(block.name) ?? { kind: 'function', name: block.name };
        return [...ended, ...beginOther(id, (place) => openCall(place, block.id, tool))];
      }
      case 'other': {
        const ended = endOther();
        const { block: told } = block;
        return told['type'] === 'compaction' ? [...ended, ...beginOther(newId('cmp'), (place) => openCompaction(place, told))] : ended;
      }
    }
  }

  function endTurn({ reason, refusal }: Extract<TurnEvent, { type: 'turn-end' }>): OutputEvent[] {
    const isUnsaid = reason === 'refusal' && message === undefined;
    end = toOutputEnd(reason, isUnsaid);
    const refused = isUnsaid ? [...endOther(), ...beginMessage(), ...(message?.item.refuse(refusal) ?? [])] : [];
    return [...refused, ...endAll(end.status)];
  }

  return {
    add(event) {
      switch (event.type) {
        case 'turn-start':
          return hosted.list();
        case 'call-start':
          return [...hosted.list(), ...hosted.start(event)];
        case 'calls-end':
          return hosted.finish(event.results);
        case 'block-start':
          return startBlock(event);
        case 'activity-start':
          hasActed = true;
          return [...endOther(), ...activities.start(event)];
        case 'activity-end':
          return activities.finish(event);
        case 'usage':
          usage = event.usage;
          return [];
        case 'turn-end':
          return endTurn(event);
        default: {
          const isFirst = event.type === 'text-delta' && event.text !== '' && message === undefined;
          return [...(isFirst ? beginMessage() : []), ...hosted.add(event), ...((other ?? message)?.item.add(event) ?? [])];
        }
      }
    },
    abort: () => endAll('incomplete'),
    items: () => items.filter((item) => item !== undefined),
    usage: () => usage,
    end: () => end,
  };
}
