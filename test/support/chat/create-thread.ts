import type { TestServer } from '../servers/start-test-server.ts';

interface Said {
  readonly role: string;
  readonly content?: unknown;
}

/**
 * Asks like `server.chat`, but each time in the conversation of what was asked before with the same model, tools and system prompt: one CLI
 * process then serves many questions, whose start takes a hundred times the CPU of a turn. An answer that is no plain text, or no
 * success, ends a conversation; the next question begins another.
 */
export function createThread(server: TestServer): (body: object, init?: RequestInit) => Promise<Response> {
  const threads = new Map<string, Promise<readonly Said[]>>();

  return async (body, init) => {
    const { messages, ...parameters } = body as { readonly messages: readonly Said[]; readonly [name: string]: unknown };
    const { model, tools, functions, system } = parameters;
    const key = JSON.stringify([model, tools, functions, system]);
    const before = (await threads.get(key)) ?? [];
    const asked = [...before, ...messages];
    const response = await server.chat({ ...parameters, messages: asked }, init);
    threads.set(key, response.ok ? following(asked, response.clone()) : Promise.resolve([]));
    return response;
  };
}

/** The conversation with the answer; nothing when it can't go on in its process. */
async function following(asked: readonly Said[], response: Response): Promise<readonly Said[]> {
  const text = await response.text().catch(() => '');
  const chunks = text.startsWith('{') ? [text] : text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
  let content = '';
  for (const chunk of chunks) {
    const { choices = [] } = JSON.parse(chunk) as {
      readonly choices?: readonly {
        readonly index: number;
        readonly message?: object;
        readonly delta?: object;
        readonly finish_reason: unknown;
      }[];
    };
    for (const { index, message, delta, finish_reason: reason } of choices) {
      const said = (message ?? delta ?? {}) as { readonly content?: string | null; readonly tool_calls?: unknown };
      if (index > 0 || said.tool_calls !== undefined || (reason !== null && reason !== 'stop')) return [];
      content += said.content ?? '';
    }
  }
  return content.trim() === '' ? [] : [...asked, { role: 'assistant', content }];
}
