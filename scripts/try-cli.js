// `npm run cli:try VERSION [FILES]`: runs what faces the CLI on another version of it, and says what differs from the one that is taken.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const [version, ...files] = process.argv.slice(2);
if (version === undefined) {
  console.error('Which version? For instance `npm run cli:try latest`, or `npm run cli:try 2.1.332 test/cli/fidelity.test.ts`.');
  process.exit(2);
}

const place = join(root, 'node_modules/.cache/cli', version.replaceAll(/[^\w.-]/g, '_'));
const manifest = join(place, 'node_modules/@anthropic-ai/claude-code/package.json');
// A tag such as `latest` is looked up each time.
if (!existsSync(manifest) || !/^\d/.test(version)) {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `@anthropic-ai/claude-code@${version}`], {
    cwd: place,
    stdio: 'inherit',
  });
}

const reports = mkdtempSync(join(tmpdir(), 'try-cli-'));
const tried = JSON.parse(readFileSync(manifest, 'utf8')).version;
const taken = JSON.parse(readFileSync(join(root, 'packages/package.json'), 'utf8')).dependencies['@anthropic-ai/claude-code'];

/** What failed, by its name, with the first line of why. */
function failuresWith(environment, selection, name) {
  const report = join(reports, `${name}.json`);
  const options = ['run', '--project', 'end-to-end', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  spawnSync(join(root, 'node_modules/.bin/vitest'), [...options, ...selection], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const { testResults, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = testResults.flatMap(({ name: file, message, assertionResults }) => {
    if (assertionResults.length === 0) return [{ file, test: 'the whole file', why: message }];
    return assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ file, test: fullName, why: failureMessages[0] ?? '' }));
  });
  return { failed, numTotalTests };
}

console.log(`Claude Code ${tried}, where ${taken} is taken. This takes some minutes.`);
const { failed, numTotalTests } = failuresWith(
  { TRY_CLI: manifest },
  files.length > 0 ? files : ['test/cli', 'test/dialects', 'test/faults/cli'],
  'tried',
);
// What fails with the version that is taken, too, is no difference.
const again =
  failed.length === 0
    ? new Set()
    : new Set(failuresWith({}, [...new Set(failed.map(({ file }) => file))], 'taken').failed.map(({ test }) => test));
const differing = failed.filter(({ test }) => !again.has(test));
rmSync(reports, { recursive: true });

for (const { file, test, why } of differing)
  console.log(`\n${file.replace(root, '')}: ${test}\n  ${why.split('\n').slice(0, 3).join('\n  ')}`);
if (again.size > 0) console.log(`\n${again.size} fail with ${taken} too.`);
console.log(`\n${numTotalTests} tests: ${differing.length === 0 ? `${tried} does what ${taken} does.` : `${differing.length} differ.`}`);
process.exit(differing.length === 0 ? 0 : 1);
