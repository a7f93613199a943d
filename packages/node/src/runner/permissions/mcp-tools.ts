import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliProcess } from '../process/cli-process.ts';

/** The name by which the CLI knows a tool of an MCP server, or all of the server's. */
export function mcpToolName(server: string, tool?: string): string {
  const name = `mcp__${server.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
  return tool === undefined ? name : `${name}__${tool.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
}

const answer = z.looseObject({
  mcpServers: z.array(
    z.looseObject({ name: z.string(), status: z.string(), tools: z.array(z.looseObject({ name: z.string() })).optional() }),
  ),
});

const defaultStartTimeoutMs = 30_000;
const pauseMs = 50;

/**
 * The tools that MCP servers have and the profile does not list, by the names that the model would see. Waits for the servers that have a
 * list until they have started, or their time is over. None when the CLI does not tell.
 *
 * @throws {CliProcessError} When the CLI refuses, ends, or does not answer in time.
 */
export async function unlistedTools(cli: Pick<CliProcess, 'control'>, mcpServers: AgentProfile['mcpServers']): Promise<string[]> {
  const lists = new Map(
    Object.entries(mcpServers).flatMap(([name, { allowedTools }]) => (allowedTools === undefined ? [] : [[name, new Set(allowedTools)]])),
  );
  if (lists.size === 0) return [];
  const endsAt = performance.now() + Math.max(...Object.values(mcpServers).map((server) => server.startTimeoutMs ?? defaultStartTimeoutMs));
  for (;;) {
    const told = answer.safeParse(await cli.control({ subtype: 'mcp_status' }));
    if (!told.success) return [];
    const listed = told.data.mcpServers.filter(({ name }) => lists.has(name));
    if (performance.now() > endsAt || listed.every(({ status }) => status !== 'pending')) {
      return listed.flatMap(({ name, tools = [] }) =>
        tools.flatMap((tool) => (lists.get(name)?.has(tool.name) === true ? [] : [mcpToolName(name, tool.name)])),
      );
    }
    await wait(pauseMs);
  }
}
