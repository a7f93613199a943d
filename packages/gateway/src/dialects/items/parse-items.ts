import { badRequest, type GatewayError } from '../../gateway-error.ts';
import * as z from 'zod/mini';
import { parseBody } from '../parse-body.ts';
import { itemSchema, type GivenItem } from './item-schema.ts';

const takenTypes: readonly string[] = ['message', 'function_call', 'function_call_output'];

const itemsSchema = z.looseObject({ items: z.array(itemSchema) });

/**
 * Checks the items of a request. One with a role and no type is a message.
 *
 * @param items What stands in the request under `items`.
 * @throws {GatewayError} 400 that names the item at fault: `unsupported_value` for a type that can't be added.
 */
export function parseItems(items: readonly Readonly<Record<string, unknown>>[]): GivenItem[] {
  const typed = items.map((item) => (item['role'] === undefined ? item : { ...item, type: item['type'] ?? 'message' }));
  for (const [index, { type }] of typed.entries()) {
    if (typeof type === 'string' && !takenTypes.includes(type)) throw unsupported(type, `items[${index}].type`);
  }
  return parseBody(itemsSchema, { items: typed }).items;
}

function unsupported(type: string, param: string): GatewayError {
  const taken = takenTypes.map((each) => `'${each}'`).join(', ');
  const why = type === 'reasoning' ? ', since Claude takes back only reasoning that it has signed' : '';
  return badRequest(
    `Unsupported value: items of type '${type}' can't be added${why}. Supported values are: ${taken}.`,
    param,
    'unsupported_value',
  );
}
