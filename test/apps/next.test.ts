import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathOf } from '../support/docs/doc-pages.ts';
import { expectMounted } from '../support/programs/expect-mounted.ts';
import { createPackedProject, type PackedProject } from '../support/programs/packed-project.ts';
import { startProgram } from '../support/programs/start-program.ts';

// Not in CI: Next takes 340 MB and a minute to build.

let project: PackedProject;
let mock: MockAnthropic;
beforeAll(async () => {
  [project, mock] = await Promise.all([createPackedProject(['next@16.4.6', 'react@19', 'react-dom@19']), startMockAnthropic()]);
  cpSync(pathOf('examples/mounting/next'), project.directory, { recursive: true });
}, 600_000);
afterAll(async () => {
  await mock?.close();
  project?.remove();
}, 120_000);

test('the example of Next, built and started', async () => {
  const environment = { ...project.cliEnvironment(mock.url), NEXT_TELEMETRY_DISABLED: '1' };
  await project.run('npx', ['--no', 'next', 'build'], environment);
  const next = join(project.directory, 'node_modules/.bin/next');
  const place = { cwd: project.directory, environment, says: /Local: +(http:\S+)[^]*Ready/ };
  const { url, end } = await startProgram(next, ['start', '-p', '0', '-H', '127.0.0.1'], place);
  try {
    await expectMounted(`${url}/claude`, mock);
    expect(await end('SIGTERM')).toBe(143);
  } finally {
    await end('SIGKILL');
  }
}, 480_000);
