/** What a reply takes from the request that it answers. */
export interface ReplyIdentity {
  /** Sent as the `request-id` header and in error bodies. */
  readonly requestId: string;
  readonly messageId: string;
  /** The request's model. */
  readonly model: string;
}
