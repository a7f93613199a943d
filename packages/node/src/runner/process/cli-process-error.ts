/** What went wrong with a CLI process, as opposed to a turn in it; it never reaches a caller as it is. */
export class CliProcessError extends Error {
  readonly kind: 'start' | 'ended' | 'protocol' | 'refused' | 'timeout';

  constructor(kind: CliProcessError['kind'], message: string) {
    super(message);
    this.name = 'CliProcessError';
    this.kind = kind;
  }
}
