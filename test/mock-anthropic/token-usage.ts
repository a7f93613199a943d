/** Token counts of one reply, under the names the Messages API gives them. */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  /** Tokens of the whole answer; a stream reports it in its `message_delta`, and 1 in its `message_start`. */
  readonly output_tokens: number;
}
