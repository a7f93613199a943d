import type { Logger } from '@claude-code-api/gateway';
import { pino } from 'pino';
import type { Settings } from '../config/settings-schema.ts';

/** The log: one JSON object a line on standard error, so that standard output is for people. */
export function createLogger(settings: Settings['log']): Logger {
  return pino({ level: settings.level, serializers: { error: pino.stdSerializers.err } }, pino.destination({ fd: 2, sync: false }));
}
