import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createKey, createMachine, createServer, hashKey, loadSettings, type Settings } from '@claude-code-api/node';
import { afterEach, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseArguments } from '../../packages/node/src/command/parse-arguments.ts';
import { machineOf16Gigabytes } from '../simulation/simulated-machine.ts';
import { readPage } from '../support/docs/doc-pages.ts';
import { startRedis } from '../support/servers/start-redis.ts';
import { silentLogger as logger } from '../support/silent-logger.ts';
import { closeAll, type Closable } from '../support/close-all.ts';

// There is neither Docker nor Kubernetes where the tests run. What the files of `deploy` give to the command is tried all the same: settings,
// secrets, names, ports, and servers and machines that start with just these.

/** What a file says of one kind of container. */
interface Container {
  readonly replicas: number;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** From the signal to end until it is killed, and what of it goes by before that signal. */
  readonly graceSeconds: number;
  readonly waitsSeconds: number;
  readonly memoryGibibytes: number;
  /** By which others reach it. */
  readonly host: string;
}

interface ComposeService {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number; readonly resources: { readonly limits: { readonly memory: string } } };
  readonly stop_grace_period?: string;
}

/** As much of one as is looked at. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly selector?: { readonly app?: string; readonly matchLabels?: object };
    readonly ports: readonly { readonly targetPort: string }[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly terminationGracePeriodSeconds?: number; readonly containers: readonly [PodContainer] };
    };
  };
}

interface PodContainer {
  readonly args: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: { readonly key: string } };
  }[];
  readonly ports: readonly { readonly name: string }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
}

type Deployment = Readonly<Record<'server' | 'machine' | 'redis', Container>>;

const token = createKey();
const key = createKey();
/** What stands in the place of those of `example.env`. */
const secrets: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: 'sk-ant-test-key',
  RUNNER_TOKEN: token,
  RUNNER_TOKEN_HASHES: JSON.stringify([hashKey(token)]),
  API_KEYS: JSON.stringify({ alice: { hash: hashKey(key) } }),
};
const secretOf = (name: string): string => {
  const value = secrets[name];
  if (value === undefined) throw new Error(`There is no secret ${name} in example.env.`);
  return value;
};
const gibibytes = (size: string): number => Number.parseFloat(size);

function compose(): Deployment {
  const { services } = parse(readPage('deploy/compose.yaml'), { merge: true }) as { services: Record<string, ComposeService> };
  const container = (name: string): Container => {
    const { command, environment = {}, deploy, stop_grace_period: grace = '10s' } = services[name]!;
    const filled = Object.entries(environment).map(([variable, value]) => [
      variable,
      value.replace(/\$\{(\w+):\?\}/g, (_, secret: string) => secretOf(secret)),
    ]);
    return {
      ...{ replicas: deploy?.replicas ?? 1, args: command, environment: Object.fromEntries(filled) as Record<string, string> },
      ...{ graceSeconds: Number.parseInt(grace, 10), waitsSeconds: 0, host: name },
      memoryGibibytes: gibibytes(deploy?.resources.limits.memory ?? '4g'),
    };
  };
  return { server: container('server'), machine: container('machine'), redis: container('redis') };
}

function kubernetes(): Deployment {
  const { resources } = parse(readPage('deploy/kubernetes/kustomization.yaml')) as { resources: string[] };
  const all = resources.flatMap((file) =>
    parseAllDocuments(readPage(`deploy/kubernetes/${file}`)).map((document) => document.toJS() as Manifest),
  );
  const container = (name: string): Container => {
    const { spec } = all.find(({ kind, metadata }) => ['Deployment', 'StatefulSet'].includes(kind) && metadata.name === name)!;
    const { containers, terminationGracePeriodSeconds: graceSeconds = 30 } = spec.template.spec;
    const [{ args, env = [], ports, resources: limits, lifecycle }] = containers;
    const filled = env.map(({ name: variable, value, valueFrom }) => [variable, value ?? secretOf(valueFrom?.secretKeyRef.key ?? '')]);
    const service = all.find(({ kind, spec: { selector } }) => kind === 'Service' && selector?.app === name)!;
    expect(service.spec.ports[0]?.targetPort).toBe(ports[0]?.name);
    expect(spec.template.metadata.labels).toEqual(spec.selector?.matchLabels);
    return {
      ...{
        replicas: spec.replicas,
        args,
        environment: Object.fromEntries(filled) as Record<string, string>,
        graceSeconds,
        host: service.metadata.name,
      },
      ...{ waitsSeconds: Number(lifecycle?.preStop.exec.command[1] ?? 0), memoryGibibytes: gibibytes(limits.limits.memory) },
    };
  };
  return { server: container('server'), machine: container('machine'), redis: container('redis') };
}

/** As the command reads them. */
function settingsOf({ environment, args }: Container, flags: Readonly<Record<string, string>> = {}): Settings {
  return loadSettings({ environment, flags: { ...parseArguments(args).flags, ...flags } });
}

test('example.env names the secrets that there are', () => {
  const names = [...readPage('deploy/example.env').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(Object.keys(secrets)));
});

const open: Closable[] = [];
afterEach(() => closeAll(open));

describe.each([
  ['compose', compose()],
  ['kubernetes', kubernetes()],
])('%s', (_, { server, machine, redis }) => {
  test('servers know where machines and Redis are, and run as many turns as the machines together', () => {
    const { claude, storage } = settingsOf(server);
    const runner = settingsOf(machine);
    expect(runner.machine.listen).toBe('0.0.0.0:8091');
    expect(claude).toMatchObject({ runner: 'remote', machines: [`dns:http://${machine.host}:8091`], runner_token: token });
    expect(storage).toMatchObject({ driver: 'redis', url: `redis://${redis.host}:6379/0` });
    expect(claude.max_concurrent_sessions).toBe(machine.replicas * runner.claude.max_concurrent_sessions);
  });

  test('machines have the settings that were simulated, and memory for them', () => {
    const { claude } = settingsOf(machine);
    const { places, maxLive, maxIdle } = machineOf16Gigabytes;
    expect([claude.max_concurrent_sessions, claude.max_live_processes, claude.max_idle_processes]).toEqual([places, maxLive, maxIdle]);
    expect(machine.memoryGibibytes).toBeLessThan(16);
    expect(machine.memoryGibibytes * 1000).toBeGreaterThan(places * 140 + (maxLive + maxIdle) * 100 + 1000);
  });

  test('running turns may end before a container is killed, and Redis keeps what it has', () => {
    for (const each of [server, machine])
      expect(each.graceSeconds).toBeGreaterThan(each.waitsSeconds + settingsOf(each).server.shutdown_timeout_seconds);
    expect(redis.args.join(' ')).toBe('redis-server --appendonly yes --maxmemory 2gb --maxmemory-policy noeviction');
    expect(redis.memoryGibibytes).toBeGreaterThan(2);
  });

  test('servers and machines start with these settings, answer who has a key, and share conversations', async () => {
    const store = await startRedis(redis.args.slice(3));
    open.push({ close: () => store.kill() });
    const runner = createScriptedRunner();
    const running = await createMachine(settingsOf(machine, { 'machine.listen': '127.0.0.1:0' }), { environment: {}, logger, runner });
    open.push(running);
    const machines = JSON.stringify([`dns:http://localhost:${new URL(running.url).port}`]);
    const flags = { 'server.host': '127.0.0.1', 'server.port': '0', 'storage.url': store.url, 'claude.machines': machines };
    const servers = [1, 2].map(() => createServer(settingsOf(server, flags), { environment: {}, logger }));
    for (const each of servers) open.push({ close: async () => (await each.catch(() => undefined))?.close() });
    let id: string | undefined;
    for (const { url } of await Promise.all(servers)) {
      const ask = (authorization: string): Promise<Response> => {
        const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], ...(id && { conversation_id: id }) });
        return fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization },
          body,
        });
      };
      expect((await ask('Bearer none')).status).toBe(401);
      const response = await ask(`Bearer ${key}`);
      const answer = (await response.json()) as { conversation_id: string };
      expect({ status: response.status, answer }).toMatchObject({
        status: 200,
        answer: { choices: [{ message: { content: 'Hello world' } }] },
      });
      id = answer.conversation_id;
    }
    expect(runner.turns.map(({ messages }) => messages.length)).toEqual([1, 3]);
  });
});
