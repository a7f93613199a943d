import * as z from 'zod';
import { fileAccessSchema } from './file-access-schema.ts';
import { findKeyProblems } from './find-key-problems.ts';
import { mcpSchema } from './mcp-schema.ts';
import { modelsSchema } from './models-schema.ts';
import { profileNameSchema } from './profile-name-schema.ts';
import { profileSchema } from './profile-schema.ts';
import { serverSchema } from './server-schema.ts';

const variableName = z.string().regex(/^[A-Za-z_]\w{0,127}$/, 'must be the name of a variable, for instance MY_HELPER_ROLE');

const claude = z.strictObject({
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
  timeout_seconds: z.number().positive().default(300).describe('Longest that a turn may take.'),
  first_event_timeout_seconds: z
    .number()
    .positive()
    .default(120)
    .describe('Longest wait for the model to begin its answer, and before that for the CLI to take what was said before.'),
  start_timeout_seconds: z.number().positive().default(30).describe('Longest wait for a CLI process to start.'),
  max_concurrent_sessions: z.int().min(1).default(10).describe('Turns that run at once.'),
  max_queued_requests: z.int().min(0).default(100).describe('Requests that may wait for a place; one more gets a 429.'),
  queue_timeout_seconds: z.number().positive().default(60).describe('Longest wait for a place before a 429.'),
  min_idle_processes: z.int().min(0).default(1).describe('CLI processes that wait for new conversations, at least.'),
  max_idle_processes: z.int().min(0).default(4).describe('The same, at most: as many wait as new conversations have come at once of late.'),
  max_live_processes: z
    .int()
    .min(0)
    .optional()
    .describe(
      'CLI processes that wait, after their turn, for the conversation to go on. Those of conversations that have gone on before are kept first. 10 by default, 20 with a subscription.',
    ),
  max_live_memory_megabytes: z.number().positive().default(4096).describe('Memory that they take together, at most.'),
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
    .default(2)
    .describe(
      'How often a turn that failed for a passing reason before its caller has heard of it is tried again: by the CLI itself after a 429, a 5xx or a lost connection, by this server when the answer broke off, or when the CLI’s process failed, then once at least.',
    ),
});

const conversation = z.strictObject({
  session_timeout_minutes: z.number().positive().default(30).describe('How long a conversation is kept after its last change.'),
  max_history_messages: z
    .int()
    .min(0)
    .optional()
    .describe(
      'Earlier messages that a process is given at most, when it takes on a conversation that others began; cut where a turn begins. All by default.',
    ),
  busy_timeout_seconds: z
    .number()
    .min(0)
    .default(0)
    .describe('Longest wait for a conversation in which another turn runs, before a 409. By default there is no wait.'),
});

const storage = z.strictObject({
  driver: z
    .enum(['memory', 'fs', 'redis'])
    .default('memory')
    .describe('Where conversations and cached answers are kept: in memory, in files, or in a Redis that several servers share.'),
  path: z.string().min(1).default('data').describe('Directory for the files; it belongs to one server at a time.'),
  url: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
    .optional()
    .meta({ format: 'password' })
    .describe('Where Redis is, with its user and password: `redis://user:password@host:6379/0`. By default `redis://127.0.0.1:6379`.'),
  key_prefix: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, dashes or underscores')
    .default('claude-code-api')
    .describe('What the keys in Redis begin with; servers that share conversations have the same.'),
  max_megabytes: z
    .number()
    .positive()
    .default(512)
    .describe(
      'What conversations take at most, in Redis those of all servers. When there are more, the key that has most loses those that would expire first. With several keys, none has more than half.',
    ),
});

const cache = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether answers are kept for equal requests.'),
  mode: z
    .enum(['seed', 'repeatable', 'all', 'header'])
    .default('seed')
    .describe(
      'Which requests take part, beside those with the header `cache-control: max-age=SECONDS`: those with a `seed`; those with a `seed` or `temperature: 0` (`repeatable`); `all`; none (`header`). Those with tools do with `all` or the header only.',
    ),
  max_entries: z
    .int()
    .min(1)
    .default(1000)
    .describe(
      'Answers that are kept at most. When there are more, the key that has most loses those that were used least recently. With several keys, none has more than half.',
    ),
  max_megabytes: z.number().positive().default(64).describe('What they take at most, as JSON; shared out between keys likewise.'),
  ttl_seconds: z.number().positive().default(3600).describe('How long an answer is kept.'),
});

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('What is written to the log. Prompts and answers only are with `log.content`; keys and other secrets never.'),
  content: z.boolean().default(false).describe('Whether prompts and answers are written to the log too.'),
});

/** Every setting there is: the source of the types, the validation, `--help` and the README's table. */
export const settingsSchema = z
  .strictObject({
    server: serverSchema.prefault({}),
    claude: claude.prefault({}),
    conversation: conversation.prefault({}),
    storage: storage.prefault({}),
    cache: cache.prefault({}),
    file_access: fileAccessSchema.prefault({}),
    mcp: mcpSchema.prefault({}),
    models: modelsSchema.prefault({}),
    log: log.prefault({}),
    profiles: z
      .record(profileNameSchema, profileSchema)
      .default({})
      .describe('What Claude may do in requests for models such as `NAME/sonnet`: a table `[profiles.NAME]` of the settings below.'),
  })
  .superRefine((settings, context) => {
    for (const { path, message } of findKeyProblems(settings.server.api_keys, Object.keys(settings.profiles))) {
      context.addIssue({ code: 'custom', path: ['server', 'api_keys', ...path], message });
    }
  });

export type Settings = z.output<typeof settingsSchema>;
