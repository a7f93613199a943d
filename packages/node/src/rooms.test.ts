import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** The rooms of both packages, the lowest first: a room knows those below it, and none beside it. See `ARCHITECTURE.md`. */
const gatewayRooms = [
  ['basics'],
  ['gateway-error.ts'],
  ['turn'],
  ['json-schema'],
  ['ports'],
  ['models'],
  ['media', 'quotas', 'conversations', 'cache', 'messages-api'],
  ['responses'],
  ['stores'],
  ['engine'],
  ['dialects'],
  ['http'],
  ['resources'],
  ['openapi', 'testing', 'remote', 'gateway-options.ts'],
  ['create-gateway.ts'],
  [
    'index.ts',
    'background.ts',
    'dialect-kit.ts',
    'mcp.ts',
    'messages-api.ts',
    'openapi.ts',
    'remote-runner.ts',
    'runner-kit.ts',
    'schemas.ts',
    'stores.ts',
  ],
];
const nodeRooms = [
  ['basics', 'own-version.ts'],
  ...['cli', 'profile', 'process', 'permissions', 'models', 'request', 'response', 'session', 'pool', 'agents', 'tokens'].map((room) => [
    `runner/${room}`,
  ]),
  ['runner'],
  ['insight', 'storage'],
  ['config'],
  ['keys', 'log'],
  ['profiles', 'media', 'machines'],
  ['mcp'],
  ['doctor', 'server'],
  ['create-server.ts', 'create-app.ts', 'create-machine.ts'],
  ['command'],
  ['bin.ts', 'index.ts'],
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly onlyTypes: boolean;
}

function importsOf(source: string): Import[] {
  const root = fileURLToPath(new URL(source, import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file));
  return files.flatMap((from) =>
    [...readFileSync(root + from, 'utf8').matchAll(/^(?:import|export) (type )?[^;]*?from '(\.[^']+)'/gm)].map(([, type, path = '']) => ({
      from,
      to: posix.join(posix.dirname(from), path),
      onlyTypes: type !== undefined,
    })),
  );
}

/** The place in the list of the room that a file is in; of a room within a room, the inner one's. */
function levelOf(file: string, levels: readonly (readonly string[])[]): number {
  const rooms = levels.flatMap((names, level) => names.map((name) => ({ name, level })));
  const [own] = rooms
    .filter(({ name }) => file === name || file.startsWith(`${name}/`))
    .toSorted((one, other) => other.name.length - one.name.length);
  if (own === undefined) throw new Error(`${file} has no place yet: give it one here.`);
  return own.level;
}

const roomOf = (file: string): string => posix.dirname(file);
const arrow = ({ from, to }: Import): string => `${from} -> ${to}`;

test.each([
  ['gateway', '../../gateway/src/', gatewayRooms],
  ['node', './', nodeRooms],
])('no arrow between the rooms of %s runs backwards', (_, source, levels) => {
  const imports = importsOf(source);
  expect(imports.length).toBeGreaterThan(100);
  const topOf = (file: string): string => levels.flat().find((name) => file.startsWith(`${name}/`)) ?? file;
  const backwards = imports.filter(({ from, to }) => {
    const [own, other] = [levelOf(from, levels), levelOf(to, levels)];
    return other > own || (other === own && topOf(from) !== topOf(to));
  });
  expect(backwards.map(arrow)).toEqual([]);
});

describe('a dialect', () => {
  const imports = importsOf('../../gateway/src/').filter(({ from }) => /^dialects\/.+\//.test(from));

  test('knows no other', () => {
    const others = imports.filter(({ from, to }) => {
      const [, own = ''] = from.split('/');
      const [top, other = ''] = to.split('/');
      return top === 'dialects' && !other.endsWith('.ts') && other !== own && !['items', 'openai'].includes(other);
    });
    expect(others.map(arrow)).toEqual([]);
  });

  test('has nothing done: of the engine and the ports it knows the types', () => {
    const done = imports.filter(({ to, onlyTypes }) => {
      const room = roomOf(to).split('/')[0] ?? '';
      return ['engine', 'ports'].includes(room) ? !onlyTypes : !['.', 'basics', 'turn', 'json-schema', 'dialects'].includes(room);
    });
    expect(done.map(arrow)).toEqual([]);
  });
});

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('each file and folder that %s names is there', (name) => {
  const root = new URL('../../../', import.meta.url);
  const page = readFileSync(new URL(name, root), 'utf8');
  const inPackages = [...page.matchAll(/`(gateway|node):([^`]+)`/g)].map(([, owner, file]) => `packages/${owner}/src/${file}`);
  const named = [...inPackages, ...[...page.matchAll(/`((?:packages|test|examples|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path)];
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});

/** How many source files each folder has, below one; links, as in `node_modules`, are not followed. */
function countsBelow(folder: URL): { folder: string; count: number }[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const count = entries.filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name)).length;
  const inner = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  return [{ folder: folder.pathname, count }, ...inner.flatMap(({ name }) => countsBelow(new URL(`${name}/`, folder)))];
}

test.each(['packages/gateway/src/', 'packages/node/src/', 'test/'])('no folder of %s holds more than some 20 files', (root) => {
  const counts = countsBelow(new URL(`../../../${root}`, import.meta.url));
  expect(counts.length).toBeGreaterThan(10);
  expect(counts.filter(({ count }) => count > 22)).toEqual([]);
});
