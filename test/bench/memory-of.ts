export interface ServerMemory {
  /** What is held after a garbage collection, outside of the heap too. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

/** The memory of a server that was started with `startScriptedServer`. */
export async function memoryOf(url: string): Promise<ServerMemory> {
  return ((await (await fetch(`${url}/health`)).json()) as { memory: ServerMemory }).memory;
}
