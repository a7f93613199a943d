import { parseArguments } from '../../../turn/parse-arguments.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import type { HostKind } from '../request/host-tools.ts';
import type { CallItem, ItemStatus, LocalShellAction, PatchOperation } from './output-item.ts';

interface CallIdentity {
  readonly id: string;
  readonly call_id: string;
  readonly status: ItemStatus;
}

/** The call of a tool that the API defines and the caller runs, from the arguments that Claude wrote for it. `inputOfHostCall` is the reverse. */
export function toHostCall(kind: HostKind, identity: CallIdentity, json: string): CallItem {
  const { input } = parseArguments(json);
  switch (kind) {
    case 'local_shell':
      return { type: 'local_shell_call', ...identity, action: toLocalShellAction(input) };
    case 'shell': {
      const { commands, timeout_ms: timeout, max_output_length: length } = input;
      const action = { commands: toTexts(commands), timeout_ms: toNumber(timeout), max_output_length: toNumber(length) };
      return { type: 'shell_call', ...identity, action, environment: null };
    }
    case 'apply_patch':
      return {
        type: 'apply_patch_call',
        ...identity,
        status: identity.status === 'completed' ? 'completed' : 'in_progress',
        operation: toOperation(input),
      };
    case 'tool_search':
      return { type: 'tool_search_call', ...identity, execution: 'client', arguments: input };
  }
}

function toLocalShellAction({ command, env, timeout_ms: timeout, user, working_directory: directory }: JsonObject): LocalShellAction {
  return {
    type: 'exec',
    command: toTexts(command),
    env: typeof env === 'object' && env !== null ? Object.fromEntries(Object.entries(env).map(([key, each]) => [key, String(each)])) : {},
    ...(typeof timeout === 'number' && { timeout_ms: timeout }),
    ...(typeof user === 'string' && { user }),
    ...(typeof directory === 'string' && { working_directory: directory }),
  };
}

function toOperation({ type, path, diff }: JsonObject): PatchOperation {
  const place = { path: typeof path === 'string' ? path : '' };
  if (type === 'delete_file') return { type, ...place };
  return { type: type === 'create_file' ? type : 'update_file', ...place, diff: typeof diff === 'string' ? diff : '' };
}

function toTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
