import * as z from 'zod';
import { claudeSchema } from './claude-schema.ts';
import { embeddingsSchema } from './embeddings-schema.ts';
import { fileAccessSchema } from './file-access-schema.ts';
import { findKeyProblems } from './key-schema.ts';
import { machineSchema } from './machine-schema.ts';
import { mcpSchema } from './mcp-schema.ts';
import { modelsSchema } from './models-schema.ts';
import { profileNameSchema, profileSchema } from './profile-schema.ts';
import { responsesSchema } from './responses-schema.ts';
import { serverSchema } from './server-schema.ts';
import { cacheSchema, conversationSchema, storageSchema } from './storage-schema.ts';

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('What is written to the log. Prompts and answers only are with `log.content`; keys and other secrets never.'),
  content: z.boolean().default(false).describe('Whether prompts and answers are written to the log too.'),
});

/** Every setting there is: the source of the types, the validation, `--help` and the table in `docs/settings.md`. */
export const settingsSchema = z
  .strictObject({
    server: serverSchema.prefault({}),
    claude: claudeSchema.prefault({}),
    machine: machineSchema.prefault({}),
    conversation: conversationSchema.prefault({}),
    storage: storageSchema.prefault({}),
    cache: cacheSchema.prefault({}),
    responses: responsesSchema.prefault({}),
    file_access: fileAccessSchema.prefault({}),
    mcp: mcpSchema.prefault({}),
    models: modelsSchema.prefault({}),
    embeddings: embeddingsSchema.prefault({}),
    log: log.prefault({}),
    profiles: z
      .record(profileNameSchema, profileSchema)
      .default({})
      .describe('What Claude may do in requests for models such as `NAME/sonnet`: a table `[profiles.NAME]` of the settings below.'),
  })
  .superRefine((settings, context) => {
    const { runner, machines, runner_token: token } = settings.claude;
    if (runner === 'remote' && machines.length === 0)
      context.addIssue({ code: 'custom', path: ['claude', 'machines'], message: "must name machines, since 'claude.runner' is remote" });
    if (runner === 'remote' && token === undefined)
      context.addIssue({ code: 'custom', path: ['claude', 'runner_token'], message: "must be given, since 'claude.runner' is remote" });
    for (const { path, message } of findKeyProblems(settings.server.api_keys, Object.keys(settings.profiles))) {
      context.addIssue({ code: 'custom', path: ['server', 'api_keys', ...path], message });
    }
  });

/** All settings, by section, with their defaults. */
export type Settings = z.output<typeof settingsSchema>;
