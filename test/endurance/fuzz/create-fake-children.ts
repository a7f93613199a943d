import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { breaksProtocol, type CliOutput } from './cli-output.ts';
import { isRecord } from './is-record.ts';

/** A child process that is none: it speaks the CLI's protocol, but for the turns that it is told to get wrong. */
export interface FakeChild {
  readonly pid: number;
  readonly isDead: boolean;
  /** The outputs that it was told to write. */
  readonly written: readonly CliOutput[];
  readonly hasBrokenProtocol: boolean;
  /** Whether there is more to come of them. */
  readonly isWriting: boolean;
}

export interface FakeChildren {
  /** In the place of `spawn`. */
  spawn(): ChildProcess;
  /** In the place of `process.kill`. */
  kill(pid: number, signal?: string | number): true;
  /** What is written for a user's text; undefined: a good answer, whose text is the user's. */
  outputFor: (text: string) => CliOutput | undefined;
  /** What becomes of the answer to a control request, as a line. */
  controlAnswer: (line: string) => string | undefined;
  readonly all: readonly FakeChild[];
  /** Ends those that are left. */
  killAll(): void;
}

/** Beyond what any system gives to a real process. */
const firstPid = 50_000_000;

export function createFakeChildren(): FakeChildren {
  const children = new Map<number, FakeChild & { die(signal: string): void }>();
  const all: FakeChild[] = [];

  function spawn(): ChildProcess {
    const pid = firstPid + all.length;
    const stdout = new PassThrough({ highWaterMark: 1_000_000 });
    const stderr = new PassThrough();
    const emitter = new EventEmitter();
    const written: CliOutput[] = [];
    let isDead = false;
    let hasBrokenProtocol = false;
    let writing = 0;
    let unread = '';

    const write = (text: string | Buffer): void => void (isDead || stdout.destroyed || stdout.writableEnded || stdout.write(text));
    const writeLine = (value: object): void => write(`${JSON.stringify(value)}\n`);

    function die(signal: string | null, code: number | null = null): void {
      if (isDead || (signal === 'SIGTERM' && written.some(({ ignoresSigterm }) => ignoresSigterm))) return;
      isDead = true;
      children.delete(pid);
      setImmediate(() => emitter.emit('exit', code, signal));
    }

    async function writeOutput(output: CliOutput): Promise<void> {
      written.push(output);
      writing += 1;
      for (const chunk of output.chunks) {
        await new Promise(setImmediate);
        write(chunk);
      }
      hasBrokenProtocol ||= breaksProtocol(output);
      await new Promise(setImmediate);
      if (output.ending === 'exits') die(null, 1);
      if (output.ending === 'closes its output' && !isDead) stdout.end();
      writing -= 1;
    }

    function onLine(line: Record<string, unknown>): void {
      if (line['type'] === 'control_request') {
        const response = { subtype: 'success', request_id: line['request_id'], response: {} };
        const answer = fakes.controlAnswer(JSON.stringify({ type: 'control_response', response }));
        if (answer !== undefined) write(`${answer}\n`);
      } else if (line['type'] === 'assistant') writeLine({ type: 'assistant', uuid: line['uuid'] });
      else if (line['type'] === 'user' && line['shouldQuery'] === false) writeLine({ type: 'result', subtype: 'success' });
      else if (line['type'] === 'user') {
        const text = textOf(line);
        const output = fakes.outputFor(text);
        if (output !== undefined) void writeOutput(output);
        else for (const each of goodAnswer(text)) writeLine(each);
      }
    }

    const stdin = new Writable({
      write(chunk: Buffer, _, done) {
        unread += chunk.toString('utf8');
        const lines = unread.split('\n');
        unread = lines.pop() ?? '';
        setImmediate(() => lines.forEach((line) => isDead || onLine(JSON.parse(line) as Record<string, unknown>)));
        done();
      },
    });
    const child: FakeChild & { die(signal: string): void } = {
      pid,
      written,
      die,
      get isDead() {
        return isDead;
      },
      get isWriting() {
        return writing > 0 && !isDead;
      },
      get hasBrokenProtocol() {
        return hasBrokenProtocol;
      },
    };
    children.set(pid, child);
    all.push(child);
    return Object.assign(emitter, { pid, stdin, stdout, stderr }) as unknown as ChildProcess;
  }

  const fakes: FakeChildren = {
    spawn,
    all,
    outputFor: () => undefined,
    controlAnswer: (line) => line,
    kill(pid, signal = 'SIGTERM') {
      const child = children.get(Math.abs(pid));
      if (child === undefined) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
      child.die(String(signal));
      return true;
    },
    killAll: () => children.forEach((child) => child.die('SIGKILL')),
  };
  return fakes;
}

function textOf(line: Record<string, unknown>): string {
  const { message } = line;
  const content = isRecord(message) && Array.isArray(message['content']) ? (message['content'] as unknown[]) : [];
  return content.map((block) => (isRecord(block) && typeof block['text'] === 'string' ? block['text'] : '')).join('');
}

function goodAnswer(text: string): object[] {
  const event = (value: object): object => ({ type: 'stream_event', event: value });
  return [
    event({ type: 'message_start', message: { model: 'claude-fake', usage: { input_tokens: 1, output_tokens: 1 } } }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    event({ type: 'content_block_stop', index: 0 }),
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
    event({ type: 'message_stop' }),
    { type: 'result', subtype: 'success', is_error: false, num_turns: 1, result: text },
  ];
}
