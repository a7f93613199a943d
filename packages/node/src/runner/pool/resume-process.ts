import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@claude-code-api/gateway';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { toApiBlock } from '@claude-code-api/gateway/messages-api';
import { toAssistantMessage } from '../session/cli-lines.ts';

/**
 * Ends a transcript after results, which the CLI would otherwise answer in words of its own. It takes this for more of the answer
 * before them, whose id it bears: so the API hears nothing of it.
 */
const emptyAnswer: Message = { role: 'assistant', content: [] };

export interface ResumedHistory {
  readonly messages: readonly Message[];
  /** The model that the process is going to be asked for. */
  readonly model: string;
}

/** Starts a process that already holds earlier messages: exact as well, but cold, and by way of a file that goes with it. */
export async function resumeProcess(
  launcher: Pick<CliLauncher, 'start' | 'transcriptsDirectory'>,
  launch: Launch,
  { messages, model }: ResumedHistory,
): Promise<CliProcess> {
  const file = await writeTranscript(launcher.transcriptsDirectory, messages);
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

/**
 * Writes earlier messages as a session transcript (JSONL, one linked entry a line) that the CLI can resume.
 *
 * @returns The file's path.
 */
async function writeTranscript(directory: string, messages: readonly Message[]): Promise<string> {
  const sessionId = randomUUID();
  let parentUuid: string | null = null;
  let answerId = '';
  const ended = messages.at(-1)?.role === 'user' ? [...messages, emptyAnswer] : messages;
  const lines = ended.map((message) => {
    const uuid = randomUUID();
    if (message.role === 'assistant' && message !== emptyAnswer) answerId = uuid;
    const entry = {
      parentUuid,
      isSidechain: false,
      userType: 'external',
      cwd: directory,
      sessionId,
      version: '',
      type: message.role,
      uuid,
      timestamp: new Date().toISOString(),
      message: message.role === 'user' ? { role: 'user', content: message.content.map(toApiBlock) } : toAssistantMessage(answerId, message),
    };
    parentUuid = uuid;
    return `${JSON.stringify(entry)}\n`;
  });
  const file = join(directory, `${sessionId}.jsonl`);
  try {
    await writeFile(file, lines.join(''), { mode: 0o600 });
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  return file;
}
