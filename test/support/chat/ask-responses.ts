import { expect } from 'vitest';
import { untilPolled } from '../until-polled.ts';

/** What is read of a response. */
export interface ToldResponse {
  readonly id: string;
  readonly status: string;
  readonly output: readonly {
    readonly type: string;
    readonly call_id?: string;
    readonly content?: readonly { readonly text: string }[];
  }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly code?: string;
  readonly response?: ToldResponse;
}

/** A stream that is read on the side. */
export interface ReadEvents {
  /** Those that have come. */
  readonly events: readonly ResponseEvent[];
  readonly text: () => string;
  /** Waits for the first event, which tells the response. */
  readonly id: () => Promise<string>;
  /** Leaves before the end. */
  readonly leave: () => void;
  readonly done: Promise<void>;
}

export interface Responses {
  post(body: object, init?: RequestInit): Promise<Response>;
  /** A response that must be told. */
  ask(body: object): Promise<ToldResponse>;
  get(id: string): Promise<ToldResponse>;
  cancel(id: string): Promise<ToldResponse>;
  /** Asks for a stream: of a new response, or of one from an event on. */
  stream(of: object | string, after?: number): Promise<ReadEvents>;
  /** Polls a response until it has this status. */
  until(id: string, status: string): Promise<ToldResponse>;
}

/** Speaks the Responses API with a server. */
export function askResponses(url: string, key?: string): Responses {
  const base = `${url}/v1/responses`;
  const headers = { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const post = (body: object, init: RequestInit = {}): Promise<Response> =>
    fetch(base, { ...init, method: 'POST', headers, body: JSON.stringify({ model: 'claude-sonnet-4-5', input: 'hi', ...body }) });
  const get = async (id: string): Promise<ToldResponse> => toTold(await fetch(`${base}/${id}`, { headers }));
  return {
    post,
    get,
    ask: async (body) => toTold(await post(body)),
    cancel: async (id) => toTold(await fetch(`${base}/${id}/cancel`, { method: 'POST', headers })),
    async stream(of, after) {
      const leaving = new AbortController();
      const query = `stream=true${after === undefined ? '' : `&starting_after=${after}`}`;
      const init = { headers, signal: leaving.signal };
      return read(await (typeof of === 'string' ? fetch(`${base}/${of}?${query}`, init) : post({ ...of, stream: true }, init)), leaving);
    },
    until: (id, status) =>
      untilPolled(
        () => get(id),
        (told) => told.status === status,
        `the response is ${status}`,
      ),
  };
}

async function toTold(response: Response): Promise<ToldResponse> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as ToldResponse;
}

async function read(response: Response, leaving: AbortController): Promise<ReadEvents> {
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const events: ResponseEvent[] = [];
  const readAll = async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      const lines = `${rest}${decoder.decode(bytes as Uint8Array, { stream: true })}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data: {')) events.push(JSON.parse(line.slice(6)) as ResponseEvent);
    }
  };
  const done = readAll().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  // Nobody may wait for the end of one that breaks.
  done.catch(() => {});
  return {
    events,
    done,
    text: () => events.map(({ delta }) => delta ?? '').join(''),
    id: async () =>
      (
        await untilPolled(
          async () => events[0]?.response,
          (told) => told !== undefined,
          'the first event',
        )
      )?.id ?? '',
    leave: () => leaving.abort(),
  };
}

/** What a response says. */
export function textOf({ output }: ToldResponse): string {
  return output.flatMap(({ content = [] }) => content.map(({ text }) => text)).join('');
}
