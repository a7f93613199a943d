import { expect, test } from 'vitest';
import type { CallFault } from '../../turn/find-call-fault.ts';
import { openaiCallFault } from './openai-call-fault.ts';

test.each<[CallFault, param: string, named: string]>([
  [
    { type: 'unexpected', id: 'a', place: 'messages[1].tool_call_id' },
    'messages[1].tool_call_id',
    "No open call has the 'tool_call_id' 'a'",
  ],
  [{ type: 'unexpected', id: 'a', place: 'messages[1].content[0].tool_use_id' }, 'messages[1].content[0].tool_use_id', "'tool_result'"],
  [{ type: 'unexpected', id: '', name: 'f', place: 'messages[1]' }, 'messages[1]', "role 'function'"],
  [{ type: 'unexpected', id: 'a' }, 'messages', 'No open call of the conversation'],
  [{ type: 'unanswered', ids: ['a', 'b'], isAtEnd: false, place: 'messages[3]' }, 'messages[3]', 'response messages: a, b'],
  [{ type: 'unanswered', ids: ['a'], isAtEnd: true, place: 'messages[9]' }, 'messages[10]', 'The following tool_call_ids did not'],
  [{ type: 'unanswered', ids: ['a'], isAtEnd: true }, 'messages', 'The following tool_call_ids of the conversation did not'],
  [{ type: 'twice', id: 'a', place: 'messages[1]' }, 'messages[1].tool_calls', "'a'"],
])('%j', (fault, param, named) => {
  expect(openaiCallFault(fault)).toMatchObject({
    status: 400,
    code: 'invalid_value',
    param,
    message: expect.stringContaining(named) as string,
  });
});
