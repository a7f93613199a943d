import type { InputItem } from './input-schema.ts';

/**
 * The id of an item that is Claude's call of an MCP server's tool: the call's own is in it, for requests that bring it back.
 *
 * @param itemId The item's id, as the engine has made it.
 * @param follows Whether the call before it is of the same answer, without a result between them.
 */
export function toHostedId(prefix: 'mcp' | 'mcpr', itemId: string, callId: string, follows: boolean): string {
  return `${prefix}_${itemId.replace(/^[a-z]+_/, '')}_${follows ? 'and_' : ''}${callId}`;
}

const ownId = /^mcpr?_[\da-f]{32,40}_(and_)?(.+)$/;

/** The id of the call: of an item that others have made, its own. */
export function callIdOf(itemId: string | null | undefined): string {
  return ownId.exec(itemId ?? '')?.[2] ?? itemId ?? '';
}

/** Whether a call was made together with the one before it. */
export function isBeside(itemId: string | null | undefined): boolean {
  return ownId.exec(itemId ?? '')?.[1] !== undefined;
}

/**
 * Whether Claude is told of a call: of those that the gateway has made. What an agent did itself is in its answer already.
 *
 * @param servers The labels of the request's servers.
 */
export function isTold({ id, server_label: server }: Extract<InputItem, { type: 'mcp_call' }>, servers: ReadonlySet<string>): boolean {
  return ownId.test(id ?? '') || servers.has(server);
}
