import type { TextBlock } from '@claude-code-api/gateway';
import { systemText } from '@claude-code-api/gateway/runner-kit';

/** The line by which a CLI tells Anthropic who asks. Other CLIs that ask this server bring theirs; the API reads it, and shows no model any. */
const versionLines = /^(?:x-anthropic-billing-header:.*\n*)+/;

/** Alone, the CLI takes these for words of its own, and leaves out its own, or them. */
const wordsOfItsOwn = /^(?:You are (?:Claude Code|a Claude agent), .*|__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__)$/;

/** A caller's system prompt as the CLI is given it, who would send what looks like its own lines in the place of those; empty for none. */
export function toSystemPrompt(system: readonly TextBlock[]): string {
  const text = systemText(system).replace(versionLines, '');
  return wordsOfItsOwn.test(text) ? `${text}\n` : text;
}
