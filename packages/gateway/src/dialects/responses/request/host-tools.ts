import { isObject, type JsonObject, type Tool } from '../../../turn/tool.ts';
import type { InputItem } from './input-schema.ts';

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const milliseconds = { type: 'integer', description: 'In milliseconds.' };

/** What Claude is told of the tools that the API defines and the caller runs. */
export const hostTools: Readonly<Record<HostKind, Pick<Tool, 'description' | 'inputSchema'>>> = {
  local_shell: {
    description: "Runs a command on the user's machine and gives its output.",
    inputSchema: objectOf(
      {
        command: texts,
        working_directory: text,
        timeout_ms: milliseconds,
        env: { type: 'object', additionalProperties: text },
        user: text,
      },
      'command',
    ),
  },
  shell: {
    description: "Runs shell commands on the user's machine, one after another, and gives the output of each.",
    inputSchema: objectOf({ commands: texts, timeout_ms: milliseconds, max_output_length: { type: 'integer' } }, 'commands'),
  },
  apply_patch: {
    description:
      "Creates, updates or deletes a file. 'diff' is in the V4A format: for a new file its lines, each behind a '+'; for an update '@@' sections with lines behind ' ', '-' or '+'.",
    inputSchema: objectOf(
      { type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] }, path: text, diff: text },
      'type',
      'path',
    ),
  },
  tool_search: {
    description: 'Finds tools that can be called then.',
    inputSchema: objectOf({ query: text }, 'query'),
  },
};

function objectOf(properties: JsonObject, ...required: string[]): JsonObject {
  return { type: 'object', properties, required };
}

type HostCall = Extract<InputItem, { type: 'local_shell_call' | 'shell_call' | 'apply_patch_call' | 'tool_search_call' }>;

/** The arguments that Claude wrote for a call: the reverse of `toHostCall`. */
export function inputOfHostCall(item: HostCall): { readonly name: HostKind; readonly input: JsonObject } {
  switch (item.type) {
    case 'local_shell_call': {
      const { type: _type, env, ...action } = withoutNulls(item.action);
      return { name: 'local_shell', input: isObject(env) && Object.keys(env).length > 0 ? { ...action, env } : action };
    }
    case 'shell_call':
      return { name: 'shell', input: withoutNulls(item.action) };
    case 'apply_patch_call':
      return { name: 'apply_patch', input: withoutNulls(item.operation) };
    case 'tool_search_call':
      return { name: 'tool_search', input: isObject(item.arguments) ? item.arguments : {} };
  }
}

function withoutNulls(given: JsonObject | null | undefined): JsonObject {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== null && value !== undefined));
}

/** Tools that the API defines and the caller runs. */
export type HostKind = 'local_shell' | 'shell' | 'apply_patch' | 'tool_search';

/** A tool of the caller's as the caller knows it; to Claude it is a tool that takes an object. */
export interface GivenTool {
  /** `custom` takes a text. */
  readonly kind: 'function' | 'custom' | HostKind;
  readonly name: string;
  /** The group that the tool is in, whose names are its own. */
  readonly namespace?: string;
}
