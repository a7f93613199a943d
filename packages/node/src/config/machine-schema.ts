import * as z from 'zod';

const token = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'must be `sha256:` and 64 hexadecimal digits, as `claude-code-api create-runner-token` prints it');

/** This machine, when it runs turns for gateways: `claude-code-api runner`. */
export const machineSchema = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9a-f:.]+\]|[^:[\]]+):\d{1,5}$/i, 'must be an address and a port: 127.0.0.1:8091')
    .default('127.0.0.1:8091')
    .describe(
      'Address and port that `claude-code-api runner` listens on; port 0 takes any free one. It is no public API: gateways alone should reach it.',
    ),
  gateway_timeout_seconds: z.number().min(0.3).default(30).describe('How long a gateway may be silent before its turns are ended.'),
  token_hashes: z
    .array(token)
    .optional()
    .meta({ format: 'password' })
    .describe(
      'What it keeps of the tokens that gateways show (`claude.runner_token`), as `claude-code-api create-runner-token` prints it. It takes turns from nobody else. Two let a token be changed.',
    ),
});
