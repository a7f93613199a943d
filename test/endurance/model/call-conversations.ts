export interface ConversationsReply {
  readonly status: number;
  readonly body: {
    readonly error?: { readonly code: string };
    readonly id?: string;
    readonly data?: readonly { readonly id: string }[];
  };
}

/** Sends a request to a path below `/v1/conversations`, and reads the reply, whatever it is. */
export async function callConversations(url: string, method: string, path: string, body?: object): Promise<ConversationsReply> {
  const response = await fetch(`${url}/v1/conversations${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as ConversationsReply['body'] };
}
