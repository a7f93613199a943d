import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { SettingsError } from '../config/settings-error.ts';
import { mcpServersSchema, type McpServerSettings } from '../config/mcp-servers-schema.ts';

const configFile = z.looseObject({ mcpServers: mcpServersSchema });

/**
 * Reads a file with the standard `mcpServers` JSON. Variables are left as they are.
 *
 * @throws {SettingsError} When it can't be read or is not valid; no value of it is told.
 */
export function loadMcpConfig(file: string): Record<string, McpServerSettings> {
  const parsed = configFile.safeParse(readJson(file));
  if (parsed.success) return parsed.data.mcpServers;
  const problems = parsed.error.issues.map((issue) => {
    const reasons = issue.code === 'invalid_key' ? issue.issues : [issue];
    return `${issue.path.map(String).join('.') || 'the file'}: ${reasons.map(({ message }) => message).join(', ')}`;
  });
  throw new SettingsError(`The MCP config file '${file}' is not valid. ${problems.join('; ')}.`);
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SettingsError(`The MCP config file '${file}' can't be read (${reason}).`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file, which may hold secrets.
    throw new SettingsError(`The MCP config file '${file}' is not valid JSON.`);
  }
}
