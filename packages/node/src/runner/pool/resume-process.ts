import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@claude-code-api/gateway';
import * as z from 'zod';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { toApiBlock } from '@claude-code-api/gateway/messages-api';
import { toAssistantMessage } from '../session/cli-lines.ts';
import type { OpeningNotes } from './opening-notes.ts';

/**
 * Ends a transcript after results, which the CLI would otherwise answer in words of its own. It takes this for more of the answer
 * before them, whose id it bears: so the API hears nothing of it.
 */
const emptyAnswer: Message = { role: 'assistant', content: [] };

export interface ResumedHistory {
  readonly messages: readonly Message[];
  /** The model that the process is going to be asked for. */
  readonly model: string;
  /** What the CLI has said of itself behind the first of them. Absent: nothing. */
  readonly notes?: OpeningNotes | undefined;
}

/** Starts a process that already holds earlier messages: exact as well, but cold, and by way of a file that goes with it. */
export async function resumeProcess(
  launcher: Pick<CliLauncher, 'start' | 'transcriptsDirectory'>,
  launch: Launch,
  { messages, model, notes }: ResumedHistory,
): Promise<CliProcess> {
  const file = await writeTranscript(launcher.transcriptsDirectory, messages, entriesFor(launch, notes));
  const remove = (): Promise<void> => rm(file, { force: true });
  try {
    const cli = launcher.start(launch, { file, model });
    void cli.ended.then(remove);
    return cli;
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Notes of another directory are those of this one, but for its name. */
function entriesFor({ workingDirectory }: Launch, notes: OpeningNotes | undefined): readonly object[] {
  if (notes === undefined) return [];
  const [from, to] = [notes.workingDirectory, workingDirectory].map((path) => JSON.stringify(path).slice(1, -1));
  return notes.entries.map((entry) => z.looseObject({}).parse(JSON.parse(JSON.stringify(entry).replaceAll(from ?? '', to ?? ''))));
}

/**
 * Writes earlier messages as a session transcript (JSONL, one linked entry a line) that the CLI can resume.
 *
 * @returns The file's path.
 */
async function writeTranscript(directory: string, messages: readonly Message[], notes: readonly object[]): Promise<string> {
  const sessionId = randomUUID();
  let parentUuid: string | null = null;
  let answerId = '';

  function toLine(entry: object, uuid: string = randomUUID()): string {
    const around = { parentUuid, isSidechain: false, userType: 'external', cwd: directory, sessionId, version: '', uuid };
    parentUuid = uuid;
    return `${JSON.stringify({ ...around, timestamp: new Date().toISOString(), ...entry })}\n`;
  }

  function toMessageLine(message: Message): string {
    const uuid = randomUUID();
    if (message.role === 'user') return toLine({ type: 'user', message: { role: 'user', content: message.content.map(toApiBlock) } }, uuid);
    if (message !== emptyAnswer) answerId = uuid;
    return toLine({ type: 'assistant', message: toAssistantMessage(answerId, message) }, uuid);
  }

  const ended = messages.at(-1)?.role === 'user' ? [...messages, emptyAnswer] : messages;
  const first = ended.findIndex(({ role }) => role === 'user');
  const lines = ended.flatMap((message, index) => [toMessageLine(message), ...(index === first ? notes.map((note) => toLine(note)) : [])]);
  const file = join(directory, `${sessionId}.jsonl`);
  try {
    await writeFile(file, lines.join(''), { mode: 0o600 });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return file;
}
