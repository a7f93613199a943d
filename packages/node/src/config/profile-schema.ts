import * as z from 'zod';
import { mcpServersSchema } from './mcp-servers-schema.ts';
import { reasoningEffortSchema, toolNamesSchema } from './value-schemas.ts';

const rules = z.array(z.string().regex(/^[A-Za-z]/, 'must be a tool or a rule, for instance Read or Bash(git *)'));
const paths = z.array(z.string().min(1));
const seconds = z.number().positive();

/** What Claude may do in the requests of one profile; what is not said is not allowed. */
export const profileSchema = z.strictObject({
  tools: toolNamesSchema.default([]).describe('Built-in tools of Claude Code, for instance `["Read", "Grep", "Bash"]`. None by default.'),
  disallowed_tools: rules.default([]).describe('Tools and rules that are never to be used, whatever else allows them.'),
  working_directory: z
    .string()
    .min(1)
    .optional()
    .describe('Where the tools work. By default each conversation has a fresh directory, kept as long as the conversation is.'),
  additional_dirs: paths
    .default([])
    .describe('More directories that the tools may reach; one that is missing opens nothing, and is warned of.'),
  permission_mode: z
    .enum(['default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions'])
    .default('default')
    .describe(
      'What is allowed without a rule: in `default` to read in its directories, in `acceptEdits` to write there too, in `bypassPermissions` anything; that one not as root.',
    ),
  allow: rules
    .default([])
    .describe(
      'Rules of what is allowed, for instance `["Bash(git *)", "WebFetch(domain:example.com)"]`; all else is denied, but for file tools within the directories.',
    ),
  deny: rules.default([]).describe('Rules of what is denied, whatever else allows it.'),
  sandbox: z
    .boolean()
    .optional()
    .describe(
      'Whether commands run in a sandbox (Linux, with bubblewrap and socat): they see the directories above, the programs of the system and a network of `sandbox_network`, and no variable of this server, no other process and no other file. With `true` the server does not start where that does not work. By default where it works, but not with `bypassPermissions`.',
    ),
  sandbox_network: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Hosts that commands in the sandbox may reach, for instance `["registry.npmjs.org", "*.example.com"]`. None by default, but for those of `WebFetch` rules.',
    ),
  mcp_config_file: z.string().min(1).optional().describe('A file with the standard `mcpServers` JSON, as `mcp.config_file`.'),
  mcp_servers: mcpServersSchema.default({}).describe('MCP servers in the same form; of two of one name this one counts.'),
  mcp_tools: z
    .record(z.string(), z.array(z.string().regex(/^[\w./-]{1,128}$/, 'must be the name of a tool')))
    .default({})
    .describe(
      'The tools of an MCP server that the model is shown and may use, for instance `{"github": ["get_issue"]}`. By default all of them.',
    ),
  mcp_start_timeout_seconds: seconds.optional().describe('Longest wait for an MCP server to start. By default Claude Code’s own.'),
  mcp_call_timeout_seconds: seconds.optional().describe('Longest wait for one call of an MCP tool. By default Claude Code’s own.'),
  mcp_strict: z.boolean().default(false).describe('Whether a turn fails when one of the MCP servers does not start.'),
  system_prompt: z
    .enum(['none', 'claude_code'])
    .default('none')
    .describe('Whether Claude Code’s own system prompt comes before the caller’s.'),
  append_system_prompt: z.string().default('').describe('Text after the caller’s system prompt.'),
  setting_sources: z
    .array(z.enum(['user', 'project', 'local']))
    .default([])
    .describe('Claude Code’s own settings, `CLAUDE.md` and hooks that count: the user’s, the working directory’s. None by default.'),
  max_turns: z.int().min(1).optional().describe('Requests to the model in one turn, at most.'),
  max_budget_usd: z.number().positive().optional().describe('US dollars for one turn, at most.'),
  effort: reasoningEffortSchema
    .optional()
    .describe('How hard the model thinks when a request does not say. By default `models.reasoning_effort`.'),
});

export type ProfileSettings = z.output<typeof profileSchema>;

/** What would be taken for a model, or for the profile that the sections `file_access` and `mcp` make. */
const taken = new Set(['default', 'sonnet', 'opus', 'haiku', 'fable', 'best', 'opusplan', 'inherit']);

/** The name of a profile, which callers put before the model's: `agent/sonnet`. */
export const profileNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,31}$/,
    'a profile’s name has 1 to 32 lower-case letters, digits, dashes and underscores, the first a letter or digit',
  )
  .refine((name) => !taken.has(name) && !name.startsWith('claude-'), 'this name is taken by Claude Code itself');
