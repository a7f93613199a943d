import { gatewayDefaults } from '@claude-code-api/gateway';
import * as z from 'zod';
import { cliRunnerDefaults } from '../runner/cli-runner-options.ts';
import { defaultCacheBytes, defaultKeyPrefix } from '@claude-code-api/gateway/stores';

/** Where Redis is when `storage.url` does not say; a default of the setting itself would be masked as a secret. */
export const defaultRedisUrl = 'redis://127.0.0.1:6379';

/** How long conversations are kept, and how much of them is used. */
export const conversationSchema = z.strictObject({
  session_timeout_minutes: z
    .number()
    .positive()
    .default(cliRunnerDefaults.conversationTtlMs / 60_000)
    .describe('How long a conversation is kept after its last change.'),
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
    .default(gatewayDefaults.busyTimeoutMs / 1000)
    .describe('Longest wait for a conversation in which another turn runs, before a 409. By default there is no wait.'),
});

/** Where conversations and cached answers are kept. */
export const storageSchema = z.strictObject({
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
    .describe(`Where Redis is, with its user and password: \`redis://user:password@host:6379/0\`. By default \`${defaultRedisUrl}\`.`),
  key_prefix: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, dashes or underscores')
    .default(defaultKeyPrefix)
    .describe('What the keys in Redis begin with; servers that share conversations have the same.'),
  max_megabytes: z
    .number()
    .positive()
    .default(512)
    .describe(
      'What conversations take at most, in Redis those of all servers. When there are more, the key that has most loses those that would expire first. With several keys, none has more than half.',
    ),
});

/** Which answers are kept for equal requests. */
export const cacheSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether answers are kept for equal requests.'),
  mode: z
    .enum(['seed', 'repeatable', 'all', 'header'])
    .default(gatewayDefaults.cacheMode)
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
  max_megabytes: z
    .number()
    .positive()
    .default(defaultCacheBytes / 1_000_000)
    .describe('What they take at most, as JSON; shared out between keys likewise.'),
  ttl_seconds: z.number().positive().default(3600).describe('How long an answer is kept.'),
});
