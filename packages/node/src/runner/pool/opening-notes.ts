import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@claude-code-api/gateway';
import * as z from 'zod';
import { createCircuitBreaker } from '../process/circuit-breaker.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import { userLine } from '../session/cli-lines.ts';
import type { SessionOptions } from '../session/session.ts';

/** What the CLI tells the model of itself behind the first message of a conversation: entries of a transcript. */
export interface OpeningNotes {
  readonly entries: readonly object[];
  /** Where the CLI stood that said so. */
  readonly workingDirectory: string;
}

export interface OpeningNotesOptions {
  readonly launcher: Pick<CliLauncher, 'start' | 'root'>;
  /** How the processes are started whose notes are asked for, in an empty directory or where all of them work. */
  readonly launchIn: (emptyDirectory: string) => Launch;
  readonly session: Pick<SessionOptions, 'historyTimeoutMs'>;
  readonly logger: Logger;
}

/** Tells the notes for a model; undefined where they can't be known. Never rejects. */
export type FindOpeningNotes = (model: string) => Promise<OpeningNotes | undefined>;

/** So that it has nobody to ask, and nothing to ask with. */
const alone = {
  ...{ ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
  ...{ ANTHROPIC_API_KEY: 'none', ANTHROPIC_AUTH_TOKEN: '', CLAUDE_CODE_OAUTH_TOKEN: '', CLAUDE_CODE_MAX_RETRIES: '0' },
};

const mostKnown = 100;
/** After a failure it is asked again at the earliest. */
const pauseMs = 600_000;

const entrySchema = z.looseObject({ type: z.literal('attachment'), attachment: z.looseObject({ type: z.string() }) });

/**
 * A CLI that is not bare notes its directory, the model and the date behind the first message that it hears asked, and nowhere else. A process that takes
 * on a conversation would put that at the end, where it parts the prompt from all that the cache has of it; told by a transcript that it has been
 * said at the beginning, it does not. It is learned once a day for each model, of a process that asks nobody;
 * where that fails, ten minutes later again.
 */
export function createOpeningNotes({ launcher, launchIn, session, logger }: OpeningNotesOptions): FindOpeningNotes {
  const known = new Map<string, { readonly found: Promise<OpeningNotes | undefined>; isOld(): boolean }>();

  async function learn(model: string): Promise<OpeningNotes | undefined> {
    const place = join(launcher.root, `notes-${randomUUID()}`);
    const directories = { config: join(place, 'config'), work: join(place, 'work') };
    try {
      for (const path of Object.values(directories)) mkdirSync(path, { recursive: true, mode: 0o700 });
      const launch = launchIn(directories.work);
      await haveAsked(model, {
        ...launch,
        arguments: () => launch.arguments(undefined).filter((each) => each !== '--no-session-persistence'),
        environment: { ...launch.environment, ...alone, CLAUDE_CONFIG_DIR: directories.config, ANTHROPIC_MODEL: model },
        breaker: createCircuitBreaker({ logger }),
      });
      return { entries: await readNotes(directories.config), workingDirectory: launch.workingDirectory };
    } catch (error) {
      // A process is stopped only when all are.
      const level = error instanceof CliProcessError && error.kind !== 'timeout' ? 'debug' : 'warn';
      logger[level]({ error, model }, 'what Claude Code notes at the beginning of a conversation is not known: more is read anew upstream');
      return undefined;
    } finally {
      await rm(place, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    }
  }

  async function haveAsked(model: string, launch: Launch): Promise<void> {
    const cli = launcher.start(launch);
    try {
      await cli.control({ subtype: 'initialize', systemPrompt: ['-'] });
      await cli.control({ subtype: 'apply_flag_settings', settings: { model } });
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('It did not end in time.')), session.historyTimeoutMs);
        const end = (): void => {
          clearTimeout(timer);
          resolve();
        };
        cli.listener = { onMessage: (message) => (message.type === 'result' ? end() : undefined), onEnd: end };
        cli.send(userLine([{ type: 'text', text: '-' }], true));
      });
    } finally {
      await cli.stop();
    }
  }

  return (model) => {
    const key = `${new Date().toDateString()} ${model}`;
    const kept = known.get(key);
    if (kept?.isOld() === false) return kept.found;
    let askAgainAt = Number.POSITIVE_INFINITY;
    const found = learn(model).then((notes) => {
      if (notes === undefined) askAgainAt = performance.now() + pauseMs;
      return notes;
    });
    if (known.size > mostKnown) known.clear();
    known.set(key, { found, isOld: () => performance.now() >= askAgainAt });
    return found;
  };
}

/** @throws {Error} When there are none. */
async function readNotes(configDirectory: string): Promise<object[]> {
  const files = await readdir(configDirectory, { recursive: true });
  const transcript = files.find((file) => file.endsWith('.jsonl'));
  if (transcript === undefined) throw new Error('It has written no transcript.');
  const lines = (await readFile(join(configDirectory, transcript), 'utf8')).split('\n').filter((line) => line !== '');
  const entries = lines.flatMap((line) => entrySchema.safeParse(JSON.parse(line)).data ?? []);
  const notes = entries.filter(({ attachment }) => attachment.type !== 'prompt_snapshot');
  if (notes.length === 0) throw new Error('It has noted nothing.');
  return notes.map(({ type, attachment, rendered, renderedRole }) => ({ type, attachment, rendered, renderedRole }));
}
