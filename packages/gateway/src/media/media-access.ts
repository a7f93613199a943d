/** How pictures and documents are read that a caller only names, by a path or a URL. */
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
  /** Whose request it is. */
  readonly tenant: string;
  /** The most bytes that may be read, counted before they are base64. */
  readonly maxBytes: number;
  /** Aborts when the caller has left, or something else of the request can't be had. */
  readonly signal: AbortSignal;
}
