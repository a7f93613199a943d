import type { ContentBlock, Message } from '@claude-code-api/gateway';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutHistory, expandSteps } from './session-history.ts';

const text: ContentBlock = { type: 'text', text: 'hm' };
const messagesByLetter: Readonly<Record<string, Message>> = {
  q: { role: 'user', content: [text] },
  a: { role: 'assistant', content: [text] },
  c: { role: 'assistant', content: [text, { type: 'tool_use', id: '1', name: 'a', input: {} }] },
  r: { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: [] }] },
  w: { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: [] }, text] },
};

/** Messages by letters: a question, an answer, a call, its result, a result with words after it. */
function parse(letters: string): Message[] {
  return Array.from(letters).flatMap((letter) => messagesByLetter[letter] ?? []);
}

function cut(letters: string, maxMessages: number): string {
  const turn = cutHistory(
    { model: 'sonnet', system: [], messages: parse(letters), tools: [], sampling: {}, thinking: { type: 'off' }, tenant: '' },
    maxMessages,
  );
  const nameOf = (message: Message): string => Object.keys(messagesByLetter).find((letter) => messagesByLetter[letter] === message) ?? '?';
  return turn.messages.map(nameOf).join('');
}

test.each([
  ['no more than there may be', 'qaqaq', 4, 'qaqaq'],
  ['at a question', 'qaqaq', 3, 'qaq'],
  ['exactly at the bound', 'qaqaq', 2, 'qaq'],
  ['to nothing but the question', 'qaqaq', 1, 'q'],
  ['to nothing but the question, as is wished', 'qaqaq', 0, 'q'],
  ['never between a call and its result', 'qacrqcraq', 3, 'q'],
  ['before a call and all that came of it', 'qaqcrcraq', 6, 'qcrcraq'],
  ['not at a result with words', 'qaqcwaq', 3, 'q'],
  ['what is under way stays: a result', 'qaqcrcr', 1, 'qcrcr'],
  ['what is under way stays: a result with words', 'qaqcw', 0, 'qcw'],
  ['what is under way stays: an answer to be continued', 'qaqa', 0, 'qa'],
  ['what is under way stays: an answer after results', 'qaqcra', 2, 'qcra'],
  ['nothing where there is no question', 'acr', 0, 'acr'],
  ['an answer that comes first', 'aqaq', 2, 'qaq'],
  ['nothing of nothing', '', 0, ''],
])('cuts %s: %s to %i', (_, letters, maxMessages, remaining) => {
  expect(cut(letters, maxMessages)).toBe(remaining);
});

test('without a bound nothing is cut', () => {
  expect(cut('qaqcrq', Number.POSITIVE_INFINITY)).toBe('qaqcrq');
});

test('whatever is cut: an end of it remains that begins with a question, without a result whose call is gone', () => {
  const round = fc.constantFrom('qa', 'qcra', 'qcrcra', 'qcwa', 'qcwcra');
  const underWay = fc.constantFrom('q', 'qa', 'qcr', 'qcrcr', 'qcw', 'qcra');
  fc.assert(
    fc.property(fc.array(round, { maxLength: 6 }), underWay, fc.nat(30), (rounds, last, maxMessages) => {
      const whole = rounds.join('') + last;
      const remaining = cut(whole, maxMessages);
      expect(whole.endsWith(remaining)).toBe(true);
      expect(remaining).toMatch(/^q/);
      expect(remaining).not.toMatch(/(^|[^c])[rw]/);
      expect(remaining.length >= last.length).toBe(true);
      expect(remaining.length - 1 <= maxMessages || remaining === last).toBe(true);
      // No question more would fit.
      const longer = whole.slice(0, whole.length - remaining.length).lastIndexOf('q');
      expect(longer === -1 || whole.length - longer - 1 > maxMessages).toBe(true);
    }),
  );
});

const says = (words: string): ContentBlock => ({ type: 'text', text: words });
const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'Read', input: {} });
const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: id }] });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

test('steps stand in the place of what the caller got; what has none stays', () => {
  const steps = [assistant(says('I look.'), call('a')), user(result('a')), assistant(says('There.'))];
  const history = [user(says('Look.')), { ...assistant(says('I look.\n\nThere.')), steps }, user(says('Thanks.'))];
  expect(expandSteps(history)).toEqual([user(says('Look.')), ...steps, user(says('Thanks.'))]);
  const plain = [user(says('Hi.')), assistant(says('Hello.'))];
  expect(expandSteps(plain)).toEqual(plain);
});

test('results of the agent and of the caller become one message, in front of all else, also those that came after the turn', () => {
  const first = {
    ...assistant(call('own'), call('theirs')),
    steps: [assistant(call('early'), call('late'), call('theirs')), user(result('early'))],
  };
  const second = { ...assistant(says('Done.')), steps: [user(result('late')), assistant(says('Done.'))] };
  expect(expandSteps([user(says('Go.')), first, user(result('theirs'), says('and?')), second])).toEqual([
    user(says('Go.')),
    assistant(call('early'), call('late'), call('theirs')),
    user(result('early'), result('theirs'), result('late'), says('and?')),
    assistant(says('Done.')),
  ]);
});

test('a call that never got its result gets one that says so; blank texts are left out', () => {
  const lostOne = { ...assistant(says('x')), steps: [assistant(says(' \n'), call('lost'))] };
  const [, answer, question] = expandSteps([user(says('Go.')), lostOne, user(says('And?'))]);
  expect(answer).toEqual(assistant(call('lost')));
  expect(question?.content).toMatchObject([{ type: 'tool_result', tool_use_id: 'lost', is_error: true }, says('And?')]);
});

test('the model of an answer with thinking is kept', () => {
  const steps = [{ ...assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, call('a')), model: 'claude-x' }, user(result('a'))];
  expect(expandSteps([user(says('Go.')), { ...assistant(), steps }])[1]).toMatchObject({ model: 'claude-x' });
});
