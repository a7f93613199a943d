import type { Logger } from '@claude-code-api/gateway';
import { pino } from 'pino';
import type { Settings } from '../config/settings-schema.ts';
import { createSecretMask } from './create-secret-mask.ts';
import { createStderrWriter, type LineWriter } from './create-stderr-writer.ts';

/** What is written, and what never is. */
export interface LoggerOptions {
  /** The least level that is written. */
  readonly level: Settings['log']['level'];
  /** What must not be written, as far as it can be known: keys, tokens, passwords. What looks like one never is. Default: none. */
  readonly secrets?: readonly string[];
}

/** The log: one JSON object a line on standard error, so that standard output is for people. Secrets in it are masked. */
export function createLogger(options: LoggerOptions, writer: LineWriter = createStderrWriter()): Logger {
  const mask = createSecretMask(options.secrets);
  const serializers = { error: pino.stdSerializers.errWithCause };
  return pino({ level: options.level, serializers, hooks: { streamWrite: mask } }, writer);
}
