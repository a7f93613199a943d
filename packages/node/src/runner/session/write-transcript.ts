import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@claude-code-api/gateway';
import { toApiBlock } from '../request/to-api-block.ts';
import { toAssistantMessage } from './cli-lines.ts';

/**
 * Ends a transcript after results, which the CLI would otherwise answer in words of its own. It takes this for more of the answer
 * before them, whose id it bears: so the API hears nothing of it.
 */
const emptyAnswer: Message = { role: 'assistant', content: [] };

/**
 * Writes earlier messages as a session transcript (JSONL, one linked entry a line) that the CLI can resume.
 *
 * @returns The file's path.
 */
export async function writeTranscript(directory: string, messages: readonly Message[]): Promise<string> {
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
