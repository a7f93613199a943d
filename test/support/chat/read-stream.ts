export interface ChatChunk {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: object | null;
}

export interface ReadStream {
  readonly chunks: readonly ChatChunk[];
  /** All content deltas, joined. */
  readonly text: string;
  /** What came in-band in place of a chunk. */
  readonly errors: readonly unknown[];
  readonly finishReasons: readonly string[];
  readonly usage: object | undefined;
  /** Whether the last event, and no other, was `[DONE]`. */
  readonly isDone: boolean;
  /** Comments, as in `: keep-alive`. */
  readonly comments: readonly string[];
}

/**
 * Reads a stream of chat completion chunks to its end, strictly.
 *
 * @throws {Error} When an event is anything but one `data:` line.
 */
export async function readStream(response: Response): Promise<ReadStream> {
  const lines = (await response.text()).split('\n');
  const data: string[] = [];
  const comments: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith(':')) comments.push(line);
    else if (line.startsWith('data: ')) {
      if (lines[index + 1] !== '') throw new Error(`No blank line after: ${line.slice(0, 100)}`);
      data.push(line.slice('data: '.length));
    } else if (line !== '') throw new Error(`Not a data line: ${line.slice(0, 100)}`);
  }
  const isDone = data.indexOf('[DONE]') === data.length - 1;
  const events = data.filter((text) => text !== '[DONE]').map((text): Record<string, unknown> => JSON.parse(text));
  const chunks = events.filter((event) => !('error' in event)) as unknown as ChatChunk[];
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    chunks,
    text: choices.map((choice) => choice.delta.content ?? '').join(''),
    errors: events.filter((event) => 'error' in event),
    finishReasons: choices.flatMap((choice) => choice.finish_reason ?? []),
    usage: chunks.map((chunk) => chunk.usage).findLast((usage) => usage !== null && usage !== undefined) ?? undefined,
    isDone,
    comments,
  };
}
