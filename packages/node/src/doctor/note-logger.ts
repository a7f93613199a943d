import type { LogFields, Logger } from '@claude-code-api/gateway';

export interface Note {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly message: string;
}

/** A log that is kept, to tell people why something failed. */
export function createNoteLogger(): { readonly logger: Logger; readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const noteAs =
    (level: Note['level']) =>
    (fields: LogFields, message: string): void =>
      void notes.push({ level, fields, message });
  return { logger: { debug: noteAs('debug'), info: noteAs('info'), warn: noteAs('warn'), error: noteAs('error') }, notes };
}
