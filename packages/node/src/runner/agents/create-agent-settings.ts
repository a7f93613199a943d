import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliProcess } from '../process/cli-process.ts';
import type { PreparedTurn } from '../request/prepare-turn.ts';
import { toFlagSettings } from '../request/to-flag-settings.ts';
import { unlistedTools } from '../permissions/mcp-tools.ts';

/**
 * Makes what tells an agent's process the settings of its turns, where they are not as they were. The model is shown no tool that the
 * list of an MCP server leaves out.
 *
 * @throws {CliProcessError} When the CLI refuses, ends, or does not answer in time.
 */
export function createAgentSettings(
  cli: Pick<CliProcess, 'control'>,
  mcpServers: AgentProfile['mcpServers'],
): (turn: PreparedTurn) => Promise<void> {
  let hidden: readonly string[] | undefined;
  let told = '';

  return async (turn) => {
    hidden ??= await unlistedTools(cli, mcpServers);
    // A tool that a rule denies as a whole is not shown.
    const settings = { ...toFlagSettings(turn, { ownTools: true }), ...(hidden.length > 0 && { permissions: { deny: hidden } }) };
    const text = JSON.stringify(settings);
    if (text === told) return;
    told = text;
    await cli.control({ subtype: 'apply_flag_settings', settings });
  };
}
