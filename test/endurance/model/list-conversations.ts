import type { ToldConversation } from './read-conversation.ts';

export interface ListRequest {
  /** Default: 100. */
  readonly limit?: number;
  /** Default: `asc`. */
  readonly order?: 'asc' | 'desc';
}

interface ToldPage {
  readonly data: readonly Omit<ToldConversation, 'messages'>[];
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

/**
 * All conversations, page after page.
 *
 * @throws {Error} For a page that contradicts itself.
 */
export async function listConversations(url: string, { limit = 100, order = 'asc' }: ListRequest = {}): Promise<ToldPage['data']> {
  const all: ToldPage['data'][number][] = [];
  for (let after = ''; ;) {
    const response = await fetch(`${url}/v1/conversations?limit=${limit}&order=${order}${after}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} for the list: ${text}`);
    const page = JSON.parse(text) as ToldPage;
    all.push(...page.data);
    const [first, last] = [page.data[0]?.id ?? '', page.data.at(-1)?.id ?? ''];
    if (page.first_id !== first || page.last_id !== last || page.data.length > limit || (page.has_more && page.data.length !== limit))
      throw new Error(`A page contradicts itself: ${text}`);
    if (!page.has_more) return all;
    after = `&after=${last}`;
  }
}
