import { profileSchema, type ProfileSettings } from '../config/profile-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import type { Settings } from '../config/settings-schema.ts';

/** What Claude Code has as a rule, as far as a CLI has them. */
const usualTools = ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'WebFetch', 'WebSearch', 'TodoWrite', 'Task'];
const editTools = new Set(['Write', 'Edit', 'NotebookEdit']);

/**
 * The profile of requests that name none, as the sections `file_access` and `mcp` shape it. Whoever lists tools that write means
 * them to write, so edits within its directories are allowed then.
 *
 * @throws {SettingsError} When MCP is turned on without a file.
 */
export function toDefaultProfile({ file_access: access, mcp }: Pick<Settings, 'file_access' | 'mcp'>): ProfileSettings {
  if (mcp.enabled && mcp.config_file === undefined) {
    throw new SettingsError("Setting 'mcp.enabled' needs 'mcp.config_file', the file that names the MCP servers.");
  }
  const tools = access.skip_permissions && access.tools.length === 0 ? usualTools : access.tools;
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
