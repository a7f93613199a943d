export interface ToldConversation {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly model: string | null;
  readonly message_count: number;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly { readonly text: string }[] }[];
}

/**
 * A conversation as `GET /v1/conversations/{id}` tells it; undefined where there is none.
 *
 * @throws {Error} For any other reply.
 */
export async function readConversation(url: string, id: string): Promise<ToldConversation | undefined> {
  const response = await fetch(`${url}/v1/conversations/${id}`);
  const text = await response.text();
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw new Error(`${response.status} for ${id}: ${text}`);
  return JSON.parse(text) as ToldConversation;
}
