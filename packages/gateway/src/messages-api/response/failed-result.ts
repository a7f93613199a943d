/** What is known of a turn that has failed upstream, as the CLI tells it. */
export interface FailedResult {
  /** What was said of it. */
  readonly result?: string | null | undefined;
  /** The API's HTTP status; absent where it has not answered. */
  readonly api_error_status?: number | null | undefined;
  /** Why the CLI has ended the turn. */
  readonly terminal_reason?: string | null | undefined;
}
