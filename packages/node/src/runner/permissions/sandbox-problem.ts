import { spawnSync } from 'node:child_process';

const timeoutMs = 10_000;
const install = 'Install bubblewrap and socat (apt-get install bubblewrap socat)';

/** What the CLI's sandbox needs of the kernel. */
const trial = [
  ...['--new-session', '--die-with-parent', '--unshare-user', '--unshare-pid', '--unshare-net', '--ro-bind', '/', '/'],
  ...['--tmpfs', '/tmp', '--dev', '/dev', '--proc', '/proc', '--', 'true'],
];

/** Why commands can't run in a sandbox on this machine, and what to do; undefined when they can. */
export function sandboxProblem(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.platform !== 'linux') return 'The sandbox is for Linux alone.';
  const run = (command: string, parameters: readonly string[]): number | null =>
    spawnSync(command, parameters, { env: { PATH: environment['PATH'] ?? process.env['PATH'] }, timeout: timeoutMs, stdio: 'ignore' })
      .status;
  if (run('bwrap', ['--version']) !== 0 || run('socat', ['-V']) !== 0) return `There is no bubblewrap or no socat. ${install}.`;
  if (run('bwrap', trial) === 0) return undefined;
  return 'bubblewrap can not make namespaces here. In a container allow unprivileged user namespaces, or run without the sandbox.';
}
