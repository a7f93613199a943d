/** What is the same in a completion and in every chunk of a stream. */
export interface CompletionIdentity {
  /** `chatcmpl-` and a random part. */
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
}

/** Some clients copy usage only where this is set; it names no build, since Claude reports none. */
export const systemFingerprint = 'fp_claude_code';
