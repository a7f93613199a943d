import type { JsonObject } from '../../../turn/tool.ts';
import type { InputItem } from './input-schema.ts';
import { toToldTool } from './tool-schema.ts';

/** An item of the input as it is told to who asks for it. */
export type ToldInputItem = JsonObject & { readonly id: string };

const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctco',
  reasoning: 'rs',
  compaction: 'cmp',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  mcp_approval_request: 'mcpr',
  mcp_approval_response: 'mcpa',
};

/** The input as it can be read again: messages in their full form, and each item with its own id, or with the beginning of one. */
export function toInputItems(input: string | readonly InputItem[]): ToldInputItem[] {
  const items: readonly InputItem[] = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  const used = new Set<string>();
  return items.map((item) => {
    const { type, kind = type, ...given } = item;
    const own = item['id'];
    const id = typeof own === 'string' && own !== '' && !used.has(own) ? own : `${prefixes[String(kind)] ?? 'item'}_`;
    used.add(id);
    if (item.type === 'additional_tools' || item.type === 'tool_search_output')
      return { ...given, type, id, tools: (item.tools ?? []).map(toToldTool) };
    if (item.type !== 'message') return { ...given, type: type === 'other' ? kind : type, id };
    const { content } = item;
    const part = item.role === 'assistant' ? { type: 'output_text', annotations: [], logprobs: [] } : { type: 'input_text' };
    return {
      ...given,
      type,
      id,
      status: 'completed',
      content: typeof content === 'string' ? (content === '' ? [] : [{ ...part, text: content }]) : content,
    };
  });
}
