import { existsSync } from 'node:fs';
import { profileSchema, type ProfileSettings } from '../config/profile-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { Settings } from '../config/settings-schema.ts';

/** What Claude Code has as a rule, as far as a CLI has them. */
const usualTools = ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'WebFetch', 'WebSearch', 'TodoWrite', 'Task'];
const readTools = ['Read', 'Grep', 'Glob'];
const editTools = new Set(['Write', 'Edit', 'NotebookEdit']);

/**
 * The profile of requests that name none, as the sections `file_access` and `mcp` shape it. Whoever opens directories means them
 * to be read, and whoever lists tools that write means them to write there.
 *
 * @throws {SettingsError} When MCP is turned on without a file.
 */
export function toDefaultProfile({ file_access: access, mcp }: Pick<Settings, 'file_access' | 'mcp'>): ProfileSettings {
  if (mcp.enabled && mcp.config_file === undefined) {
    throw new SettingsError("Setting 'mcp.enabled' needs 'mcp.config_file', the file that names the MCP servers.");
  }
  const tools = access.tools ?? toolsOf(access);
  const edits = tools.some((tool) => editTools.has(tool));
  return profileSchema.parse({
    tools,
    // Without tools of its own it reaches no file.
    additional_dirs: tools.length > 0 ? access.additional_dirs : [],
    permission_mode: access.skip_permissions ? 'bypassPermissions' : edits ? 'acceptEdits' : 'default',
    mcp_config_file: mcp.enabled ? mcp.config_file : undefined,
    mcp_strict: mcp.strict,
  });
}

function toolsOf({ skip_permissions: skips, additional_dirs: directories }: Settings['file_access']): readonly string[] {
  if (skips) return usualTools;
  return directories.some((path) => existsSync(path)) ? readTools : [];
}
