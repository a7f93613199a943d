/** A setting as it was given. */
export interface GivenSetting {
  readonly value: unknown;
  /** For people: `config/local.toml`, `the variable CLAUDE_CODE__SERVER__PORT`, `the flag --server.port`. */
  readonly source: string;
}
