import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import type { ContentBlock } from '../../../turn/content-block.ts';
import { isObject } from '../../../turn/tool.ts';
import { parseBody } from '../../parse-body.ts';
import { parameters } from './parameters.ts';
import { toTools } from './to-tools.ts';
import { countSchema, requestSchema, type CountBody, type MessagesBody } from './request-schema.ts';

/** A request, with what its headers say. */
export interface MessagesRequest<Body extends CountBody = MessagesBody> {
  readonly body: Body;
  /** Names of the API's beta features that it asks for. */
  readonly betas: readonly string[];
  /** Whether a beta is named in a way in which none is. */
  readonly hasOddBetas: boolean;
}

const versions = ['2023-06-01', '2026-10-21'] as const;
const maxBetas = 64;

/**
 * Reads a request of the Messages API in its version: the CLI always speaks the older one, so what the newer refuses is refused here.
 *
 * @throws {GatewayError} 400 for a body that is malformed or contradicts itself, and for what may not be asked for here.
 */
export function parseRequest(body: unknown, headers: Headers): MessagesRequest {
  return read(parseBody(requestSchema, body), headers);
}

/**
 * The same for `POST /v1/messages/count_tokens`, which needs no `max_tokens`.
 *
 * @throws {GatewayError} As `parseRequest`.
 */
export function parseCountRequest(body: unknown, headers: Headers): MessagesRequest<CountBody> {
  return read(parseBody(countSchema, body), headers);
}

function read<Body extends CountBody>(body: Body, headers: Headers): MessagesRequest<Body> {
  const version = headers.get('anthropic-version') ?? versions[0];
  if (!versions.some((known) => known === version)) throw invalid('anthropic-version', `there is no version '${version}'`);
  const rejected = Object.entries(parameters).find(
    ([key, { support }]) => support === 'rejected' && (body[key] ?? undefined) !== undefined,
  );
  if (rejected !== undefined) throw notTaken(rejected[0]);
  // Those of MCP servers.
  const toolset = (body.tools ?? []).findIndex(({ type }) => type?.startsWith('mcp_'));
  if (toolset !== -1) throw notTaken(`tools[${toolset}]`);
  if (version === versions[1]) checkNewest(body);
  const { tool_choice: choice } = body;
  if (choice?.type === 'tool' && !toTools(body).some(({ name }) => name === choice.name))
    throw invalid('tool_choice', `there is no tool '${choice.name}' in 'tools'`);
  const betas = (headers.get('anthropic-beta') ?? '').split(',').map((name) => name.trim());
  const known = [...new Set(betas.filter((name) => /^[a-z\d][a-z\d.-]{0,99}$/.test(name)))].slice(0, maxBetas);
  return { body, betas: known, hasOddBetas: betas.some((name) => name !== '' && !known.includes(name)) };
}

/** What the version of 2026-10-21 refuses. */
function checkNewest(body: CountBody): void {
  for (const key of ['temperature', 'top_p', 'top_k'])
    if ((body[key] ?? undefined) !== undefined) throw invalid(key, 'version 2026-10-21 of the API does not take it');
  for (const [index, { role, content }] of body.messages.entries()) {
    for (const [place, block] of content.entries()) {
      const param = `messages[${index}].content[${place}]`;
      if (role === 'assistant' && typeOf(block) === 'document') throw invalid(param, 'a document may not stand in an assistant message');
      if (role === 'user' && hasCitations(block)) throw invalid(param, 'texts of user messages may not have citations');
    }
  }
}

function typeOf(block: ContentBlock): unknown {
  return block.type === 'other' ? block.block['type'] : block.type;
}

/** Whether a text, or a text within a search result, has citations. */
function hasCitations(block: ContentBlock): boolean {
  if (block.type === 'text') return isCited(block.extra);
  if (block.type !== 'other' || block.block['type'] !== 'search_result') return false;
  const { content } = block.block;
  return Array.isArray(content) && content.some(isCited);
}

function isCited(text: unknown): boolean {
  return isObject(text) && Array.isArray(text['citations']) && text['citations'].length > 0;
}

function notTaken(param: string): GatewayError {
  return badRequest(
    `Unsupported parameter: '${param}' is not taken here: what it names would be used in the name of this server's account.`,
    param,
    // This code tells Anthropic's SDK to do without threads.
    param === 'thread' ? 'thread_unsupported_request' : 'unsupported_parameter',
  );
}

function invalid(param: string, why: string): GatewayError {
  return badRequest(`Invalid value for '${param}': ${why}.`, param);
}
