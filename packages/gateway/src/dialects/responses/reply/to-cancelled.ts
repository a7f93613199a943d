/** There is no event of its own for it that clients know. */
export function toCancelled<Response>(response: Response): { readonly type: 'response.incomplete'; readonly response: Response } {
  return { type: 'response.incomplete', response };
}
