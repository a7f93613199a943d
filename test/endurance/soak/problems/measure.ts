/** What the server holds at one time. */
export interface Measure {
  /** Held after a garbage collection, outside of the heap too. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Open sockets, pipes, watched processes..., by Node's names. */
  readonly handles: readonly string[];
  /** By the system's count. */
  readonly openFiles: number;
  readonly processes: number;
  /** Their paths, and those of directories. */
  readonly temporaryFiles: readonly string[];
}
