/** What `/health` says, as far as tests look at it. */
export interface Health {
  readonly status: string;
  readonly problem?: string;
  readonly circuit: string;
  readonly cli: { readonly version: string; readonly login: string };
  readonly turns: { readonly running: number; readonly queued: number };
  readonly processes: {
    readonly idle: number;
    readonly starting: number;
    readonly live: number;
    readonly liveMemoryBytes: number;
    readonly liveMemoryKind: string;
  };
}

export async function readHealth(url: string): Promise<Health> {
  return (await (await fetch(`${url}/health`)).json()) as Health;
}
