/** An error as it was told. */
export interface Failure {
  /** 200 for one that came in the stream. */
  readonly status: number;
  /** Its code, or else its type. */
  readonly code: string;
  readonly message: string;
}

/** How a request ended for its caller: answered as it should be, left by the caller, with an error, or with what was wrong. */
export type Ended =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'left' }
  | { readonly outcome: 'error'; readonly failure: Failure }
  | { readonly outcome: 'wrong'; readonly why: string };
