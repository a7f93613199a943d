import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { installRuntime } from './install-runtime.ts';
import { freePort } from '../servers/free-port.ts';
import { untilPolled } from '../until-polled.ts';

export interface WorkerOptions extends Pick<BuildOptions, 'alias' | 'plugins'> {
  /** The source of the worker. */
  readonly entry: string;
  /** Where the bundle is written, with what belongs to it. */
  readonly directory: string;
  /** Texts that it is given by name. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** Classes of Durable Objects that it exports, by what they are bound to. */
  readonly objects?: Readonly<Record<string, string>>;
}

export interface RunningWorker {
  readonly url: string;
  /** What it has said so far. */
  said(): string;
  close(): Promise<void>;
}

/** Runs a worker in workerd, as Cloudflare does, with the network of this machine. */
export async function startWorkerd({
  entry,
  directory,
  bindings = {},
  objects = {},
  alias = {},
  plugins = [],
}: WorkerOptions): Promise<RunningWorker> {
  const workerd = await installRuntime('workerd', '1.20261117.1');
  const port = await freePort();
  await build({
    ...{ entryPoints: [entry], bundle: true, platform: 'neutral', mainFields: ['module', 'main'], format: 'esm', alias, plugins },
    outfile: join(directory, 'bundle.js'),
  });
  const bound = [
    ...Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`),
    ...Object.entries(objects).map(([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`),
  ];
  const namespaces = Object.values(objects).map((className) => `(className = "${className}", uniqueKey = "${className}")`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = (allow = ["public", "private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "bundle.js")], compatibilityDate = "2026-01-01", bindings = [${bound.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}], durableObjectStorage = (inMemory = void));`;
  writeFileSync(join(directory, 'config.capnp'), config);
  const child = spawn(workerd, ['serve', join(directory, 'config.capnp')]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const close = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  const url = `http://127.0.0.1:${port}`;
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      async (response) => {
        await response.text();
        return true;
      },
      () => child.exitCode !== null,
    );
  await untilPolled(answers, (isThere) => isThere, 'workerd answers', 60_000).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (child.exitCode !== null) throw new Error(said);
  return { url, said: () => said, close };
}
