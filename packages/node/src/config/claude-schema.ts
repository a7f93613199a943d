import { gatewayDefaults } from '@claude-code-api/gateway';
import { backgroundDefaults } from '@claude-code-api/gateway/background';
import * as z from 'zod';
import { cliRunnerDefaults } from '../runner/cli-runner-options.ts';
import { parseMachineSource } from './machine-sources.ts';

const machine = z
  .string()
  .refine(
    (text) => parseMachineSource(text) !== undefined,
    'must be http://HOST:PORT, https://HOST, file:PATH, dns:http://NAME:PORT or redis:',
  );

const variableName = z.string().regex(/^[A-Za-z_]\w{0,127}$/, 'must be the name of a variable, for instance MY_HELPER_ROLE');

/** The Claude Code CLI: its processes, and the turns that they run. */
export const claudeSchema = z.strictObject({
  runner: z
    .enum(['cli', 'remote', 'api'])
    .default('cli')
    .describe(
      'What runs the turns: the Claude Code CLI of this machine; those of other machines (`claude.machines`); or, for `api`, no CLI: the Messages API is asked itself, by `ANTHROPIC_API_KEY`, without agents and subscriptions.',
    ),
  machines: z
    .array(machine)
    .default([])
    .describe(
      'The machines that run turns by `claude-code-api runner`: `http://HOST:8091`; `file:PATH` for a file with one a line; `dns:http://NAME:8091` for all addresses of a name; `redis:` for the set `machines` behind `storage.key_prefix`. The last three are read again every few seconds.',
    ),
  runner_token: z
    .string()
    .min(20)
    .optional()
    .meta({ format: 'password' })
    .describe('What those machines know this server by; `claude-code-api create-runner-token` makes one.'),
  machine_timeout_seconds: z
    .number()
    .min(0.3)
    .max(180)
    .default(15)
    .describe(
      'How long one of them may be silent before it is given up. One that runs a turn is never silent for as long, whatever the model does.',
    ),
  command: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The Claude Code CLI, a name or a path. By default `claude` on the PATH, or else the one that was installed with this server.',
    ),
  environment: z
    .array(variableName)
    .default([])
    .describe(
      'Names of environment variables that Claude Code sees too, for instance `["MY_HELPER_ROLE"]`. It sees none but those in the table of `docs/logins.md` by default.',
    ),
  timeout_seconds: z
    .number()
    .positive()
    .default(gatewayDefaults.turnTimeoutMs / 1000)
    .describe('Longest that a turn may take.'),
  first_event_timeout_seconds: z
    .number()
    .positive()
    .default(cliRunnerDefaults.firstEventTimeoutMs / 1000)
    .describe('Longest wait for the model to begin its answer, and before that for the CLI to take what was said before.'),
  start_timeout_seconds: z
    .number()
    .positive()
    .default(cliRunnerDefaults.startTimeoutMs / 1000)
    .describe('Longest wait for a CLI process to start.'),
  max_concurrent_sessions: z.int().min(1).default(gatewayDefaults.maxRunning).describe('Turns that run at once.'),
  max_queued_requests: z
    .int()
    .min(0)
    .default(gatewayDefaults.maxWaiting)
    .describe('Requests that may wait for a place; one more gets a 429.'),
  queue_timeout_seconds: z
    .number()
    .positive()
    .default(gatewayDefaults.queueTimeoutMs / 1000)
    .describe('Longest wait for a place before a 429.'),
  max_background_responses: z
    .int()
    .min(1)
    .default(backgroundDefaults.maxUnfinished)
    .describe(
      'Responses in the background (`background: true`) that run or wait for a place; one more gets a 429. With several keys, none has more than half.',
    ),
  min_idle_processes: z
    .int()
    .min(0)
    .default(cliRunnerDefaults.minIdle)
    .describe('CLI processes that wait for new conversations, at least.'),
  max_idle_processes: z
    .int()
    .min(0)
    .default(cliRunnerDefaults.maxIdle)
    .describe('The same, at most: as many wait as new conversations have come, of late, within the time that it takes to start another.'),
  max_live_processes: z
    .int()
    .min(0)
    .optional()
    .describe(
      'CLI processes that wait, after their turn, for the conversation to go on. Those of conversations that have gone on before are kept first. 10 by default, 20 with a subscription.',
    ),
  max_live_memory_megabytes: z
    .number()
    .positive()
    .default(cliRunnerDefaults.maxLiveMemoryBytes / 1_000_000)
    .describe(
      'Memory that they take together, at most: what they share is counted once where the system tells that (Linux: PSS), else for each of them (RSS).',
    ),
  live_process_idle_seconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'Longest that one of them waits. 300 by default; 3600 with a subscription, for as long as the conversation is in the prompt cache.',
    ),
  work_root: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where the directories are that conversations work in. By default in a private place that goes when the server ends: among temporary files, or, where a profile opens those, in `/var/tmp` or `~/.cache`.',
    ),
  max_retries: z
    .int()
    .min(0)
    .default(cliRunnerDefaults.maxRetries)
    .describe(
      'How often a turn that failed for a passing reason before its caller has heard of it is tried again: by the CLI itself after a 429, a 5xx or a lost connection, by this server when the answer broke off, or when the CLI’s process failed, then once at least.',
    ),
});
