import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

/** A history as its callers know it: without the steps of agents, and without answers that say nothing. */
export function toldMessages(messages: readonly Message[]): readonly Message[] {
  if (messages.every(({ steps }) => steps === undefined)) return messages;
  return normalizeMessages(messages.map(withoutSteps));
}

function withoutSteps(message: Message): Message {
  const { steps, ...rest } = message;
  return steps === undefined ? message : rest;
}
