/** How pictures and documents that a caller only names are got hold of. */
export interface MediaAccess {
  /**
   * Reads a file on the server's own disk. Absent: there is no such access.
   *
   * @throws {GatewayError} 400 for what may not be read, or is not there.
   */
  readonly readLocalFile?: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Fetches an http(s) URL. Absent: Claude fetches it itself.
   *
   * @throws {GatewayError} 400 for what may not, or can't, be fetched.
   */
  readonly fetchUrl?: (url: string) => Promise<Uint8Array<ArrayBuffer>>;
}
