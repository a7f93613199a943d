/** Where the gateway writes what happens. Fields first, as in pino; prompts and answers never appear in them. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** What a log line says beside its message, by name: an error is always `error`. */
export type LogFields = Readonly<Record<string, unknown>>;
