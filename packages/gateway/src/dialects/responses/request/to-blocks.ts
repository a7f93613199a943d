import { badRequest } from '../../../gateway-error.ts';
import { isObject } from '../../../turn/tool.ts';
import type { RequestMedia } from '../../../engine/turn-request.ts';
import type { TextBlock } from '../../../turn/content-block.ts';
import type { InputContent, InputPart } from './input-schema.ts';
import { approvedContent } from '../../../turn/approved-call.ts';
import type { ResultBlock } from '../../../turn/content-block.ts';
import type { McpCallItem, OutputItem } from './pair-outputs.ts';

type SaidBlock = TextBlock | RequestMedia;

/**
 * The blocks of a content, a string or parts.
 *
 * @param path The content's place in the request, for errors.
 * @throws {GatewayError} 400 for a part that can't be used.
 */
export function toSaidBlocks(content: InputContent, path: string): SaidBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part, index) => toBlock(part, `${path}[${index}]`));
}

interface ResultContent {
  readonly content: readonly (ResultBlock | RequestMedia)[];
  readonly is_error?: true;
}

/** What a call's output says. */
export function toResultBlocks(item: OutputItem | McpCallItem, path: string): ResultContent {
  if (item.type === 'mcp_call') return toMcpResult(item);
  if (item.type === 'mcp_approval_response') {
    if (item.approve) return { content: approvedContent };
    const why = item.reason ? `: ${item.reason}` : '.';
    return { content: [{ type: 'text', text: `The user did not allow this call${why}` }], is_error: true };
  }
  if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output') {
    return { content: toSaidBlocks(item.output, `${path}.output`) };
  }
  if (item.type === 'tool_search_output') return { content: [{ type: 'text', text: namesOf(item) }] };
  const said = item.output;
  const text = typeof said === 'string' ? said : said === undefined || said === null ? '' : toText(said);
  return { content: [{ type: 'text', text }], ...(item.status === 'failed' && { is_error: true }) };
}

function toMcpResult({ output, error }: McpCallItem): ResultContent {
  const isError = error !== undefined && error !== null;
  const told = isError ? (typeof error === 'string' ? error : JSON.stringify(error)) : (output ?? '');
  return { content: [{ type: 'text', text: told }], ...(isError && { is_error: true }) };
}

function toBlock(part: InputPart, path: string): SaidBlock {
  switch (part.type) {
    case 'refusal':
      return { type: 'text', text: part.refusal };
    case 'input_image':
      if (!part.image_url) throw unusable(path, 'image_url', part.file_id);
      return { type: 'media', location: part.image_url, kind: 'image', bare: false, param: `${path}.image_url` };
    case 'input_file': {
      const document = { type: 'media', kind: 'document', title: part.filename ?? undefined } as const;
      if (part.file_data) return { ...document, location: part.file_data, bare: true, param: `${path}.file_data` };
      if (!part.file_url) throw unusable(path, 'file_data', part.file_id);
      return { ...document, location: part.file_url, bare: false, param: `${path}.file_url` };
    }
    default:
      return { type: 'text', text: part.text };
  }
}

/** The outputs of shell commands are told as a terminal would, with how they ended. */
function toText(output: unknown): string {
  if (!Array.isArray(output)) return JSON.stringify(output);
  return output.map((each: unknown) => (isObject(each) && 'outcome' in each ? ofCommand(each) : JSON.stringify(each))).join('\n');
}

function ofCommand({ stdout, stderr, outcome }: Readonly<Record<string, unknown>>): string {
  const end = isObject(outcome) && outcome['type'] === 'exit' ? `exit code ${String(outcome['exit_code'])}` : 'timed out';
  return [stdout, stderr, `(${end})`].filter((text) => typeof text === 'string' && text !== '').join('\n');
}

function namesOf({ tools }: Extract<OutputItem, { type: 'tool_search_output' }>): string {
  const names = (tools ?? []).flatMap((tool) => ('name' in tool ? [String(tool.name)] : []));
  return names.length === 0 ? 'No tools were found.' : `Found tools: ${names.join(', ')}`;
}

function unusable(path: string, field: string, fileId: string | null | undefined): Error {
  const why = fileId ? `files can't be stored here, so there is no 'file_id'. Send '${field}'.` : `it has no '${field}'.`;
  return badRequest(`Invalid value for '${path}': ${why}`, path, 'unsupported_value');
}
