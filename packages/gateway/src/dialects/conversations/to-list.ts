/** A page in OpenAI's form. */
export interface ListObject<Entry> {
  readonly object: 'list';
  readonly data: readonly Entry[];
  /** Null for an empty page. */
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** Makes a page of its entries. */
export function toList<Entry extends { readonly id: string }>(data: readonly Entry[], hasMore: boolean): ListObject<Entry> {
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
}
