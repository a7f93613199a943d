import { GatewayError } from '../../gateway-error.ts';

/** The 404 for an item that is not in its conversation. */
export function itemNotFound(conversationId: string, itemId: string): GatewayError {
  return new GatewayError(
    `Item with id '${itemId}' not found in conversation '${conversationId}'. GET /v1/conversations/${conversationId}/items lists those that there are.`,
    { status: 404, code: 'item_not_found' },
  );
}
