import { isObject } from './tool.ts';
import type { ToolUseBlock } from './content-block.ts';

/** The arguments of a call, as the fields of its block. */
export type CallArguments = Pick<ToolUseBlock, 'input' | 'json'>;

/** Texts, so that what looks like a number within one is passed over, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * The arguments of a call, from the JSON object in a string that callers and models write; an empty string stands for no
 * arguments. What a model got wrong is told as the Messages API wants it told. Numbers that JavaScript can't hold are texts with all
 * their digits, and the string is there too: the CLI would round them, on every way to the model.
 *
 * @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
export function parseArguments(json: string): CallArguments {
  return readArguments(json) ?? { input: { INVALID_JSON: json } };
}

/** The arguments of a call as `parseArguments` reads them; undefined for a string that is no JSON object. */
export function readArguments(json: string): CallArguments | undefined {
  if (json.trim() === '') return { input: {} };
  try {
    const parsed: unknown = JSON.parse(json);
    // Only what is JSON is gone through, which takes time in proportion then.
    const exact = /\d{16}|\d[eE]/.test(json) ? json.replaceAll(tokens, (token) => (isLong(token) ? `"${token}"` : token)) : json;
    const input: unknown = exact === json ? parsed : JSON.parse(exact);
    if (isObject(input)) return exact === json ? { input } : { input, json };
  } catch {
    // Text that is no JSON and JSON that is no object are the same mistake.
  }
  return undefined;
}

function isLong(token: string): boolean {
  const value = Number(token);
  return !token.startsWith('"') && (!Number.isFinite(value) || (/^-?\d+$/.test(token) && !Number.isSafeInteger(value)));
}
