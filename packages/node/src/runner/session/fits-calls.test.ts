import type { ToolResultBlock } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { fitsMcp } from './fits-calls.ts';

const text = (words: string): { type: 'text'; text: string } => ({ type: 'text', text: words });
const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } } as const;
const result = (content: ToolResultBlock['content'], isError?: boolean): ToolResultBlock => ({
  type: 'tool_result',
  tool_use_id: 'a',
  content,
  ...(isError !== undefined && { is_error: isError }),
});

test.each<{ what: string; result: ToolResultBlock; fits: boolean }>([
  { what: 'a text', result: result([text('x')]), fits: true },
  { what: 'several texts', result: result([text('x'), text('y')], false), fits: true },
  { what: 'as much as the CLI takes', result: result([text('x'.repeat(250_000)), text('y'.repeat(250_000))]), fits: true },
  { what: 'one character more', result: result([text('x'.repeat(250_000)), text('y'.repeat(250_001))]), fits: false },
  { what: 'nothing', result: result([]), fits: false },
  { what: 'a picture', result: result([text('x'), picture]), fits: false },
  { what: 'a failure', result: result([text('x')], true), fits: false },
])('$what: $fits', ({ result: given, fits }) => {
  expect(fitsMcp(given)).toBe(fits);
});
