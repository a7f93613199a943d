import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openapiDocument } from '@claude-code-api/gateway/openapi';
import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { expect, onTestFinished, test } from 'vitest';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';

const program = `
import type { components, operations } from './api.d.ts';

type Body = operations['createChatCompletion']['requestBody']['content']['application/json'];
type Schemas = components['schemas'];
export const body: Body = { model: 'sonnet', messages: [{ role: 'user', content: 'Hello, Claude!' }] };
export const textOf = (completion: Schemas['ChatCompletion']): string | null | undefined => completion.choices[0]?.message.content;
export const pieceOf = (event: Schemas['ResponseOutputTextDeltaEvent']): string => event.delta;
export const itemOf = (item: Schemas['ResponseOutputItem']): string => (item.type === 'function_call' ? item.arguments : item.type);
// @ts-expect-error: messages are wanted.
export const without: Body = { model: 'sonnet' };
// @ts-expect-error: there is no such event.
export type None = Schemas['ResponseNoneEvent'];
`;

test('types that are made of the document compile, and say what is wanted', async () => {
  const directory = await makeTemporaryDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const document: unknown = openapiDocument({ version: '1.0.0' });
  writeFileSync(join(directory, 'api.d.ts'), astToString(await openapiTypes(document as OpenAPI3)));
  writeFileSync(join(directory, 'program.ts'), program);
  const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--allowImportingTsExtensions',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--types',
    '',
  ];
  const { stdout } = spawnSync(compiler, [...options, join(directory, 'program.ts')], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
