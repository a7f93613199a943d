/** A page in OpenAI's form. */
export interface ListObject<Entry> {
  readonly object: 'list';
  readonly data: readonly Entry[];
  /** Empty for an empty page, as OpenAI's document says. */
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

/** Makes a page of its entries. */
export function toList<Entry extends { readonly id: string }>(data: readonly Entry[], hasMore: boolean): ListObject<Entry> {
  return { object: 'list', data, first_id: data[0]?.id ?? '', last_id: data.at(-1)?.id ?? '', has_more: hasMore };
}
