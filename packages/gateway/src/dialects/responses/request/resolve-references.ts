import { badRequest } from '../../../gateway-error.ts';
import { parseBody } from '../../parse-body.ts';
import type { FindItem } from '../../dialect.ts';
import { inputSchema, type InputItem } from './input-schema.ts';
import type { ResponsesRequest } from './parse-request.ts';

/**
 * Puts items of kept responses in the place of references to them, as the Vercel AI SDK sends them.
 *
 * @throws {GatewayError} 400 for an item that is not there.
 */
export async function resolveReferences(request: ResponsesRequest, find: FindItem): Promise<ResponsesRequest> {
  const { input } = request.body;
  if (typeof input === 'string' || input?.some(({ type }) => type === 'item_reference') !== true) return request;
  const items: InputItem[] = [];
  // One after another: there may be many.
  for (const [index, item] of input.entries()) items.push(item.type === 'item_reference' ? await resolve(item.id, index, find) : item);
  return { ...request, body: { ...request.body, input: items } };
}

async function resolve(id: string, index: number, find: FindItem): Promise<InputItem> {
  const found = await find(id);
  const [item] = found === undefined ? [] : parseBody(inputSchema, [found]);
  if (item !== undefined) return item;
  throw badRequest(
    `Item with id '${id}' not found. It may have expired or been deleted with its response, or that was asked for with \`store: false\`: send the item itself.`,
    `input[${index}].id`,
    'item_not_found',
  );
}
