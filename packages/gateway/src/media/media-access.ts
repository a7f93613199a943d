/** How pictures and documents that a caller only names are got hold of. */
export interface MediaAccess {
  /**
   * Reads a file on the server's own disk, as base64. Absent: there is no such access.
   *
   * @throws {GatewayError} 400 for what may not be read, is not there, or is too large.
   */
  readonly readLocalFile?: (path: string, limits: MediaLimits) => Promise<string>;
  /**
   * Fetches an http(s) URL, as base64. Absent: Claude fetches it itself.
   *
   * @throws {GatewayError} 400 for what may not, or can't, be fetched, or is too large.
   */
  readonly fetchUrl?: (url: string, limits: MediaLimits) => Promise<string>;
}

/** For whom something is read, and when to stop. */
export interface MediaLimits {
  readonly tenant: string;
  /** What there is room for, before it is base64. */
  readonly maxBytes: number;
  /** Aborts when the caller has left, or something else of the request can't be had. */
  readonly signal: AbortSignal;
}
