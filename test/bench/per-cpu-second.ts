/**
 * How much of something a server does in a second of a core's time, whatever else the machine does meanwhile.
 *
 * @param url Of a server that `scripted-server.ts` has started by itself, without the rest of a whole one.
 * @param run Has it done; resolves with how much that was.
 */
export async function perCpuSecond(url: string, run: (url: string) => Promise<number>): Promise<number> {
  const before = await cpuMsOf(url);
  const done = await run(url);
  return (done * 1000) / ((await cpuMsOf(url)) - before);
}

async function cpuMsOf(url: string): Promise<number> {
  const { user, system } = (await (await fetch(`${url}/cpu`)).json()) as NodeJS.CpuUsage;
  return (user + system) / 1000;
}
