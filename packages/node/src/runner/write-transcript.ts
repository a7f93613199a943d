import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@claude-code-api/gateway';
import { toAssistantMessage } from './to-assistant-message.ts';

/**
 * Writes earlier messages as a session transcript (JSONL, one linked entry a line) that the CLI can resume.
 *
 * @returns The file's path.
 */
export async function writeTranscript(directory: string, messages: readonly Message[]): Promise<string> {
  const sessionId = randomUUID();
  let parentUuid: string | null = null;
  const lines = messages.map((message) => {
    const uuid = randomUUID();
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
      message: message.role === 'user' ? message : toAssistantMessage(uuid, message),
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
