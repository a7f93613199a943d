import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { expandSteps } from './expand-steps.ts';

const text = (words: string): ContentBlock => ({ type: 'text', text: words });
const call = (id: string): ContentBlock => ({ type: 'tool_use', id, name: 'Read', input: {} });
const result = (id: string): ContentBlock => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: id }] });
const user = (...content: ContentBlock[]): Message => ({ role: 'user', content });
const assistant = (...content: ContentBlock[]): Message => ({ role: 'assistant', content });

test('steps stand in the place of what the caller got; what has none stays', () => {
  const steps = [assistant(text('I look.'), call('a')), user(result('a')), assistant(text('There.'))];
  const history = [user(text('Look.')), { ...assistant(text('I look.\n\nThere.')), steps }, user(text('Thanks.'))];
  expect(expandSteps(history)).toEqual([user(text('Look.')), ...steps, user(text('Thanks.'))]);
  const plain = [user(text('Hi.')), assistant(text('Hello.'))];
  expect(expandSteps(plain)).toEqual(plain);
});

test('results of the agent and of the caller become one message, in front of all else, also those that came after the turn', () => {
  const first = {
    ...assistant(call('own'), call('theirs')),
    steps: [assistant(call('early'), call('late'), call('theirs')), user(result('early'))],
  };
  const second = { ...assistant(text('Done.')), steps: [user(result('late')), assistant(text('Done.'))] };
  expect(expandSteps([user(text('Go.')), first, user(result('theirs'), text('and?')), second])).toEqual([
    user(text('Go.')),
    assistant(call('early'), call('late'), call('theirs')),
    user(result('early'), result('theirs'), result('late'), text('and?')),
    assistant(text('Done.')),
  ]);
});

test('a call that never got its result gets one that says so; blank texts are left out', () => {
  const cut = { ...assistant(text('x')), steps: [assistant(text(' \n'), call('lost'))] };
  const [, answer, question] = expandSteps([user(text('Go.')), cut, user(text('And?'))]);
  expect(answer).toEqual(assistant(call('lost')));
  expect(question?.content).toMatchObject([{ type: 'tool_result', tool_use_id: 'lost', is_error: true }, text('And?')]);
});

test('the model of an answer with thinking is kept', () => {
  const steps = [{ ...assistant({ type: 'thinking', thinking: 'hm', signature: 's' }, call('a')), model: 'claude-x' }, user(result('a'))];
  expect(expandSteps([user(text('Go.')), { ...assistant(), steps }])[1]).toMatchObject({ model: 'claude-x' });
});
