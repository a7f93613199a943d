import { badRequest } from '../gateway-error.ts';

/** The most pictures and documents that the Messages API takes in one request. */
const maxMedia = 100;

type Content = string | readonly { readonly type: string }[] | null | undefined;

/**
 * Counts pictures and documents, before any of them is looked at.
 *
 * @param contents What all messages hold: text, or parts.
 * @param types What pictures and documents are called there.
 * @throws {GatewayError} 400 when there are too many.
 */
export function checkMediaCount(contents: readonly Content[], types: readonly string[], param: string): void {
  let count = 0;
  for (const content of contents) if (typeof content === 'object') count += content?.filter(({ type }) => types.includes(type)).length ?? 0;
  if (count > maxMedia) {
    throw badRequest(
      `Invalid value for '${param}': there are ${count} pictures and documents in them, and Claude takes ${maxMedia} at most.`,
      param,
    );
  }
}
