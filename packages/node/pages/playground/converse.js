import { ask, problemOf, toProblem } from '../shared/server.js';
import { readEvents } from './read-events.js';

/** Sends a request, and tells the view of its answer what comes. It gives the answer's facts; what failed is thrown. */
export async function converse({ body, key, signal, answer }) {
  const startedAt = performance.now();
  const response = await ask('v1/chat/completions', key, { body, signal }).catch((error) => {
    throw signal.aborted ? error : new Error('The server can’t be reached.');
  });
  if (!response.ok) throw await problemOf(response);
  const facts = { conversationId: response.headers.get('x-conversation-id') ?? undefined };
  for await (const chunk of readEvents(response.body)) {
    if (chunk.error !== undefined) throw toProblem(chunk.error, response);
    takeFacts(facts, chunk);
    const { delta = {}, finish_reason: finish } = chunk.choices?.[0] ?? {};
    if (delta.reasoning_content) answer.addThinking(delta.reasoning_content);
    if (delta.content) answer.addText(delta.content);
    if (chunk.activity !== undefined) answer.addActivity(chunk.activity);
    if (finish) facts.finish = finish;
  }
  if (facts.finish === undefined) throw new Error('The connection to the server ended before the answer did.');
  return { ...facts, seconds: (performance.now() - startedAt) / 1000 };
}

function takeFacts(facts, { conversation_id: conversationId, model, usage, cost_usd: costUsd }) {
  if (conversationId !== undefined) facts.conversationId = conversationId;
  if (model !== undefined) facts.model = model;
  if (usage) facts.usage = usage;
  if (costUsd !== undefined) facts.costUsd = costUsd;
}

/** One line for people, of what is known. */
export function describeFacts({ model, finish, usage, costUsd, seconds }) {
  const parts = [
    model,
    usage && `${usage.prompt_tokens.toLocaleString('en')} tokens in, ${usage.completion_tokens.toLocaleString('en')} out`,
    costUsd !== undefined && `$${costUsd.toLocaleString('en', { maximumSignificantDigits: 2 })}`,
    `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`,
    finish !== 'stop' && `ended by ${finish}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
