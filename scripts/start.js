// What `npm start` does: brings what the server needs and this clone has not, says so, and becomes the server. What developers need is not brought.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const parameters = process.argv.slice(2);
/** Settings that say what runs the turns. */
const cliFlags = ['claude.command', 'claude.runner'];

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'pnpm-lock.yaml')))
  .digest('hex');

/** A word about what takes long, on standard error: standard output is the command's. */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Ends with what npm or the compiler has said. */
function run(command, ...given) {
  try {
    execFileSync(command, given, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  } catch (error) {
    say(
      error.signal === 'SIGINT' || error.status === 130
        ? 'Stopped. Nothing runs.'
        : `\`${command} ${given.join(' ')}\` failed, as it says above.`,
    );
    process.exit(1);
  }
}

/** @param what For people, with how much it is. */
function install(filter, what) {
  const stamp = join(root, 'node_modules/.cache/claude-code-api', `${filter.replaceAll(/[^a-z-]/g, '')}.lock`);
  if (readIfThere(stamp) === lock) return;
  const began = Date.now();
  say(`Installing ${what} ...`);
  const options = ['--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'];
  run('npx', '--yes', '--loglevel=error', packageManager, 'install', '--filter', filter, ...options);
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, lock);
  say(`... in ${Math.round((Date.now() - began) / 1000)} s. It is not done again until the lock file changes.`);
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether it is the server that is to start, which needs a CLI, and not `create-key` or `--help`. */
function serves() {
  return !parameters.some((each, index) => {
    if (/^(-h|--help|--version|--print-config)$/.test(each)) return true;
    const isValue = parameters[index - 1]?.startsWith('--') && !parameters[index - 1].includes('=');
    return !each.startsWith('-') && !isValue;
  });
}

/** Whether the server finds a CLI by itself, in its own way, or looks for none but the one that it is told of. A wrong setting is for it to tell. */
async function hasCli() {
  const { findCli, loadSettings } = await import('../packages/node/dist/index.js');
  try {
    const flags = Object.fromEntries(
      cliFlags.flatMap((name) => (valueOf(`--${name}`) === undefined ? [] : [[name, valueOf(`--${name}`)]])),
    );
    const { claude } = loadSettings({ file: valueOf('--config'), environment: process.env, flags });
    if (claude.command !== undefined || (claude.runner ?? 'cli') !== 'cli') return true;
  } catch {
    return true;
  }
  return findCli({ environment: process.env }).then(
    () => true,
    () => false,
  );
}

function valueOf(flag) {
  const index = parameters.findIndex((each) => each === flag || each.startsWith(`${flag}=`));
  return index === -1 ? undefined : (parameters[index].split('=', 2)[1] ?? parameters[index + 1]);
}

install('@claude-code-api/node...', 'the packages of the server (some 80 MB)');
if (!existsSync(join(root, 'packages/node/dist/bin.js'))) say('Building ...');
run(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-b', 'packages/node');
if (serves() && !(await hasCli()))
  install('@claude-code-api/own-cli', 'Claude Code itself (some 100 MB), since there is no `claude` of use on the PATH');
await import('../packages/node/bin/claude-code-api.js');
