import { badRequest } from '../../../gateway-error.ts';
import type { RequestBlock, RequestMessage } from '../../../engine/turn-request.ts';
import { parseCallArguments } from '../../openai/parse-call-arguments.ts';
import { sealSeparator } from '../reply/open-reasoning.ts';
import { inputOfHostCall } from './host-tools.ts';
import type { InputItem } from './input-schema.ts';
import { callIdOf, isBeside, isTold } from './hosted-items.ts';
import { isOutput, pairOutputs, type OutputItem } from './pair-outputs.ts';
import { hostedName } from '../../../turn/grouped-name.ts';
import { toResultBlocks, toSaidBlocks } from './to-blocks.ts';
import { claudeNameOf } from './to-toolset.ts';

interface Call {
  readonly id: string;
  /** Where in the input it stands. */
  readonly index: number;
}

/**
 * Turns a request's input into messages. What Claude said and called in neighbouring items is one message; the outputs of its calls
 * follow it, wherever they stand. A call without an output, as of a client that was interrupted, is answered for it.
 *
 * @param goesOn Whether the request goes on with a conversation, where the calls may be that outputs are of.
 * @param servers The labels of the request's MCP servers.
 * @throws {GatewayError} 400 for what refers to something that is not there.
 */
export function toMessages(input: readonly InputItem[], goesOn: boolean, servers: ReadonlySet<string> = new Set()): RequestMessage[] {
  const messages: RequestMessage[] = [];
  const outputs = pairOutputs(input);
  let said: RequestBlock[] = [];
  let calls: Call[] = [];
  let place = '';

  function push(role: RequestMessage['role'], content: readonly RequestBlock[], at: string): void {
    messages.push({ role, content, place: at });
  }

  function endAnswer(): void {
    // Thinking that nothing came of is no answer.
    if (said.some(({ type }) => type !== 'sealed')) push('assistant', said, place);
    const order = ({ index }: Call): number => outputs.answers.get(index) ?? outputs.ofCall.get(index) ?? Infinity;
    for (const call of calls.toSorted((one, other) => order(one) - order(other) || 0)) {
      const output = outputs.ofCall.get(call.index);
      push('user', [toResult(input, call, output)], `input[${output ?? call.index}]`);
    }
    said = [];
    calls = [];
  }

  function say(index: number, ...blocks: RequestBlock[]): void {
    if (!isOfSameAnswer(index) && calls.some((call) => (outputs.ofCall.get(call.index) ?? Infinity) < index)) endAnswer();
    if (said.length === 0) place = `input[${index}]`;
    said.push(...blocks);
  }

  /** Calls that were made together each have their result with them. */
  function isOfSameAnswer(index: number): boolean {
    const item = input[index];
    return item?.type === 'mcp_call' && isBeside(item.id);
  }

  for (const [index, item] of input.entries()) {
    const at = `input[${index}]`;
    if (item.type === 'message' && item.role !== 'assistant') {
      endAnswer();
      push(item.role === 'user' ? 'user' : 'system', toSaidBlocks(item.content, `${at}.content`), at);
    } else if (item.type === 'compaction') {
      endAnswer();
      push('user', [{ type: 'sealed', seal: item.encrypted_content, kind: 'summary', place: `${at}.encrypted_content` }], at);
    } else if (isOutput(item)) {
      if (outputs.orphans.has(index)) {
        endAnswer();
        push('user', goesOn ? [toOrphanResult(item, index)] : toOrphanText(item, index), at);
      }
    } else if (item.type !== 'mcp_call' || (outputs.ofCall.has(index) && isTold(item, servers))) {
      const blocks = toAssistantBlocks(item, at);
      if (blocks.length > 0) say(index, ...blocks);
      for (const block of blocks) if (block.type === 'tool_use') calls.push({ id: block.id, index });
    }
  }
  endAnswer();
  return messages;
}

/** Empty for what Claude can't be told of. */
function toAssistantBlocks(item: InputItem, place: string): RequestBlock[] {
  switch (item.type) {
    case 'message':
      return toSaidBlocks(item.content, `${place}.content`);
    case 'function_call':
      return [{ type: 'tool_use', id: item.call_id, name: claudeNameOf(item), ...parseCallArguments(item.arguments) }];
    case 'custom_tool_call':
      return [{ type: 'tool_use', id: item.call_id, name: claudeNameOf(item), input: { input: item.input } }];
    case 'local_shell_call':
    case 'shell_call':
    case 'apply_patch_call':
    case 'tool_search_call':
      return [{ type: 'tool_use', id: item.call_id || (item.id ?? ''), ...inputOfHostCall(item) }];
    case 'mcp_call':
    case 'mcp_approval_request': {
      const name = hostedName(item.server_label, item.name);
      return [{ type: 'tool_use', id: callIdOf(item.id), name, ...parseCallArguments(item.arguments) }];
    }
    case 'reasoning':
      return (item.encrypted_content ?? '')
        .split(sealSeparator)
        .flatMap((seal) => (seal === '' ? [] : [{ type: 'sealed', seal, kind: 'thinking', place: `${place}.encrypted_content` }]));
    case 'item_reference':
      throw badRequest(`Item with id '${item.id}' not found.`, `${place}.id`, 'item_not_found');
    default:
      return [];
  }
}

type Result = Extract<RequestBlock, { type: 'tool_result' }>;

function toResult(input: readonly InputItem[], { id, index: call }: Call, output: number | undefined): Result {
  const item = output === undefined ? undefined : input[output];
  const place = `input[${output ?? call}]`;
  const identity = { type: 'tool_result', tool_use_id: id, place: `${place}.call_id` } as const;
  if (item !== undefined && (isOutput(item) || item.type === 'mcp_call')) return { ...identity, ...toResultBlocks(item, place) };
  return { ...identity, content: [{ type: 'text', text: 'There is no output: the call was interrupted.' }], is_error: true };
}

function toOrphanResult(item: OutputItem, index: number): Result {
  const place = `input[${index}]`;
  const id = item.type === 'mcp_approval_response' ? callIdOf(item.approval_request_id) : item.call_id;
  return { type: 'tool_result', tool_use_id: id, place: `${place}.call_id`, ...toResultBlocks(item, place) };
}

/** Some clients cut the beginning of a history off, and with it the call. */
function toOrphanText(item: OutputItem, index: number): RequestBlock[] {
  if (item.type === 'mcp_approval_response')
    throw badRequest(
      `There is no approval request '${item.approval_request_id}' in the input. Send it too, or go on with its response by 'previous_response_id'.`,
      `input[${index}].approval_request_id`,
    );
  return [{ type: 'text', text: 'The output of an earlier tool call:' }, ...toResultBlocks(item, `input[${index}]`).content];
}
