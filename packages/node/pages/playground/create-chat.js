import { byId, setText } from '../shared/dom.js';
import { readTab, writeTab } from '../shared/tab.js';
import { converse, describeFacts } from './converse.js';
import { showKept } from './show-kept.js';

const conversationName = 'claude-code-api-conversation';

/** Why a request ends of which nothing is to be seen any more. */
const forgotten = 'forgotten';

/** The conversation of this tab: what is asked in it, and what is shown of it. */
export function createChat({ talk, pictures, keyOf, changed }) {
  let conversationId = readTab(conversationName);
  /** What was said, for servers that keep nothing. */
  let history = [];
  let system = '';
  let running;

  function keep(id) {
    conversationId = id;
    writeTab(conversationName, id);
  }

  function toBody(text, urls) {
    const prompt = byId('system').value.trim();
    const effort = byId('effort').value;
    const isKnown = conversationId !== undefined;
    return {
      model: byId('model').value || 'sonnet',
      messages: [
        // A conversation that is kept has it until it is another.
        ...(prompt !== '' && !(isKnown && prompt === system) ? [{ role: 'system', content: prompt }] : []),
        ...(isKnown ? [] : history),
        { role: 'user', content: toContent(text, urls) },
      ],
      stream: true,
      stream_options: { include_usage: true },
      ...(effort !== '' && { reasoning_effort: effort }),
      ...(isKnown && { conversation_id: conversationId }),
      activity: 'events',
    };
  }

  async function run(body, answer, signal) {
    const facts = await converse({ body, key: keyOf(), signal, answer });
    // Another one may have been begun meanwhile.
    if (signal.aborted) throw signal.reason;
    keep(facts.conversationId);
    system = body.messages.find(({ role }) => role === 'system')?.content ?? system;
    history = [...history, body.messages.at(-1), { role: 'assistant', content: answer.text() }];
    answer.end(describeFacts(facts));
    setText(byId('said'), `Claude says: ${answer.text()}`);
  }

  function begin(answer) {
    running = new AbortController();
    answer.article.dataset.state = 'running';
    setText(byId('said'), 'Claude is asked.');
    changed(true);
    return running.signal;
  }

  return {
    /** The request for what is written now. */
    body: () => toBody(byId('message').value || 'Hello!', pictures.urls()),
    /** Asks what is written. It gives what failed; nothing where that is shown and no more is to be done. */
    async send() {
      const input = byId('message');
      const text = input.value.trim();
      if (running !== undefined || (text === '' && pictures.urls().length === 0)) return undefined;
      const body = toBody(text, pictures.urls());
      const taken = pictures.take();
      input.value = '';
      talk.question(text, taken);
      const answer = talk.answer(body.model);
      const signal = begin(answer);
      try {
        await run(body, answer, signal);
        return undefined;
      } catch (problem) {
        if (signal.reason === forgotten) return undefined;
        // One that is not kept any more is begun again with what was said in it.
        if (problem.code === 'conversation_not_found') keep(undefined);
        // What was asked is not part of the conversation: it can be asked again as it was.
        if (input.value === '') input.value = text;
        if (pictures.urls().length === 0) pictures.take(taken);
        answer.end('');
        answer.addError(signal.aborted ? { message: 'You stopped it.' } : problem);
        setText(byId('said'), '');
        return problem;
      } finally {
        running = undefined;
        delete answer.article.dataset.state;
        changed(false);
      }
    },
    stop: () => running?.abort(),
    forget() {
      running?.abort(forgotten);
      keep(undefined);
      history = [];
      system = '';
      talk.clear();
    },
    /** Shows what the server has kept of the conversation that this tab was in, and nothing else. It gives what is wrong, in words, or nothing. */
    async resume() {
      if (running !== undefined) return '';
      talk.clear();
      // It may have been said with another key, and is seen no more.
      history = [];
      system = '';
      if (conversationId === undefined) return '';
      try {
        if (!(await showKept(conversationId, keyOf(), talk))) keep(undefined);
        return '';
      } catch {
        talk.clear();
        return 'What was said before can’t be shown now. The conversation goes on all the same.';
      }
    },
  };
}

function toContent(text, urls) {
  if (urls.length === 0) return text;
  return [...urls.map((url) => ({ type: 'image_url', image_url: { url } })), ...(text === '' ? [] : [{ type: 'text', text }])];
}
