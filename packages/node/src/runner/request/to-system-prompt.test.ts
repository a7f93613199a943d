import { expect, test } from 'vitest';
import { toSystemPrompt } from './turn-for-cli.ts';

const line = 'x-anthropic-billing-header: cc_version=9.9.9; cc_entrypoint=cli;';

test.each<[readonly string[], string]>([
  [[], ''],
  [['Be brief.', 'Be kind.'], 'Be brief.\n\nBe kind.'],
  [[line, 'Be brief.'], 'Be brief.'],
  [[line, line, `${line}\n\n\nBe brief.`], 'Be brief.'],
  [[line], ''],
  [['Be brief.', line], `Be brief.\n\n${line}`],
  [[` ${line}`], ` ${line}`],
  [["You are Claude Code, Anthropic's official CLI for Claude."], "You are Claude Code, Anthropic's official CLI for Claude.\n"],
  [
    [line, "You are a Claude agent, built on Anthropic's Claude Agent SDK."],
    "You are a Claude agent, built on Anthropic's Claude Agent SDK.\n",
  ],
  [
    ["You are Claude Code, Anthropic's official CLI for Claude.", 'Be brief.'],
    "You are Claude Code, Anthropic's official CLI for Claude.\n\nBe brief.",
  ],
  [['__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__'], '__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__\n'],
])('%j is %j', (texts, expected) => {
  expect(toSystemPrompt(texts.map((text) => ({ type: 'text', text })))).toBe(expected);
});
