import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { docPages, pathOf, snippetsOf } from './support/docs/doc-pages.ts';
import { expectMounted } from './support/programs/expect-mounted.ts';
import { installRuntime } from './support/programs/install-runtime.ts';
import { createPackedProject, type PackedProject } from './support/programs/packed-project.ts';
import { startWorkerd } from './support/programs/start-workerd.ts';
import { startProgram } from './support/programs/start-program.ts';

interface Manifest {
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly repository: { readonly directory: string };
  readonly publishConfig: { readonly provenance: boolean };
}

let project: PackedProject;
let mock: MockAnthropic;
let withCli: Readonly<Record<string, string>>;
beforeAll(async () => {
  [project, mock] = await Promise.all([createPackedProject(), startMockAnthropic()]);
  withCli = project.cliEnvironment(mock.url);
  for (const name of ['express', 'fastify']) project.link(name, 'examples/mounting');
}, 360_000);
afterAll(async () => {
  await mock?.close();
  project?.remove();
});

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(project.directory, 'node_modules/@claude-code-api', name, 'package.json'), 'utf8')) as Manifest;

test.each(['gateway', 'node'])('%s is whole: what it needs is published too, and what a reader looks for is there', (name) => {
  const manifest = manifestOf(name);
  expect(Object.entries(manifest.dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    expect(existsSync(join(project.directory, 'node_modules/@claude-code-api', name, file)), file).toBe(true);
  }
  expect(manifest.repository.directory).toBe(`packages/${name}`);
  expect(manifest.publishConfig.provenance).toBe(true);
});

test('no Claude Code is brought, since one may be there already', () => {
  expect(existsSync(join(project.directory, 'node_modules/@anthropic-ai'))).toBe(false);
});

test('without any the server says how to get one', async () => {
  await expect(project.run('npx', ['--no', '--', '@claude-code-api/node', '--claude.command=nowhere'])).rejects.toThrow(
    'npm install -g @anthropic-ai/claude-code',
  );
});

test('the command runs by the package’s name', async () => {
  expect((await project.run('npx', ['--no', '--', '@claude-code-api/node', '--version'])).trim()).toBe(manifestOf('node').version);
  expect(await project.run('npx', ['--no', 'claude-code-api', 'create-key', 'alice'])).toContain('[server.api_keys.alice]');
});

test('the program of docs/mounting.md starts the server, asks it, and ends by itself', async () => {
  const program = project.copy('examples/mounting/whole-server.js');
  const said = await project.run(process.execPath, [program], withCli);
  expect(said).toMatch(/^Claude answers at http:\/\/127\.0\.0\.1:\d+\/v1\n\[[^\]]*'sonnet'/);
});

test.each(['packages/gateway/README.md', 'packages/node/README.md'])('the programs of %s run', async (page) => {
  mock.replyWith(() => textReply('Hello from Claude'));
  const programs = snippetsOf(page).filter(({ language }) => language === 'js');
  expect(programs.length).toBeGreaterThan(0);
  for (const { code } of programs) {
    writeFileSync(join(project.directory, 'program.js'), code);
    expect(await project.run(process.execPath, ['program.js'], withCli)).toMatch(/^(Claude answers at http:.*\/v1|Hello world)\n$/);
  }
});

describe.each([
  ['node16', 'node16'],
  ['esnext', 'bundler'],
])('types, module %s, resolution %s', (module, moduleResolution) => {
  test('every entry has them, and none needs skipLibCheck', async () => {
    project.link('@types/node', '.');
    const entries = ['gateway', 'node'].flatMap((name) =>
      Object.keys(manifestOf(name).exports).map((path) => `@claude-code-api/${name}${path.slice(1)}`),
    );
    const lines = entries.map(
      (entry, index) => `import * as entry${index} from '${entry}';\nexport const kept${index}: object = entry${index};`,
    );
    const directory = join(project.directory, `types-${module}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'entries.ts'), lines.join('\n'));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2023',
      types: ['node'],
      module,
      moduleResolution,
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['entries.ts'] }));
    await project.run(process.execPath, [pathOf('node_modules/typescript/bin/tsc'), '-p', directory]);
  });
});

test('all pages of packages are tried here', () => {
  expect(docPages.filter((page) => /^packages\/.*README/.test(page))).toEqual(['packages/gateway/README.md', 'packages/node/README.md']);
});

// Below: the examples run where they are copied to, with the real CLI behind them.

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  mock.reset();
});

const node = async (): Promise<string> => process.execPath;

test.each([
  ['hono.js', node, []],
  ['express.js', node, []],
  ['fastify.js', node, []],
  ['node-http.js', node, []],
  ['bun.js', () => installRuntime('bun', '1.4.5'), []],
  ['deno.js', () => installRuntime('deno', '2.9.6'), ['run', '--allow-all', '--node-modules-dir=manual']],
] as const)(
  '%s',
  async (file, runtime, parameters) => {
    const place = { cwd: project.directory, environment: withCli };
    const { url, end } = await startProgram(await runtime(), [...parameters, project.copy(`examples/mounting/${file}`)], place);
    ends.push(() => end('SIGKILL'));
    expect(await (await fetch(new URL('/', url))).text()).toBe('My own server');
    await expectMounted(url, mock);
    expect(await end('SIGTERM')).toBe(0);
  },
  360_000,
);

async function askOver(url: string, stream: boolean): Promise<string> {
  const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], stream });
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return response.text();
}

test('worker.js, in workerd: several requests, whole and streamed, also at once', async () => {
  const directory = join(project.directory, 'worker');
  mkdirSync(directory, { recursive: true });
  const entry = join(project.directory, project.copy('examples/mounting/worker.js'));
  const worker = await startWorkerd({ entry, directory });
  ends.push(() => worker.close());
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => askOver(worker.url, index % 2 === 1)));
  for (const [index, text] of answers.entries())
    expect(text, worker.said()).toMatch(index % 2 === 1 ? /Hello [^]*\[DONE\]/ : /"Hello world"/);
}, 360_000);
