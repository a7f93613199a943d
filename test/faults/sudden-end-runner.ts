import { createCliRunner, pureProfile, type CliInstallation } from '@claude-code-api/node';

/** A process of its own with a runner, an agent at work in it, and a process that waits. It ends as it is told. */
interface Told {
  readonly cli: CliInstallation;
  readonly environment: Readonly<Record<string, string>>;
  readonly mcpProgram: string;
}

const { cli, environment, mcpProgram } = JSON.parse(process.argv[2] ?? '') as Told;
const ignore = (): void => {};
const server = { definition: { command: process.execPath, args: [mcpProgram, 'stdio'] } };
const limits = { allowedTools: undefined, startTimeoutMs: undefined, callTimeoutMs: undefined };
const runner = createCliRunner({
  cli,
  environment,
  logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  processes: { minIdle: 1, maxIdle: 1 },
  profiles: { agent: { ...pureProfile, tools: ['Bash'], allow: ['Bash(node *)'], mcpServers: { everything: { ...server, ...limits } } } },
});
const turn = {
  profile: 'agent',
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Wait.' }] }],
  tools: [],
  sampling: {},
  thinking: { type: 'off' as const },
  tenant: 'tenant',
};
process.stdin.on('data', (text) => {
  if (String(text) === 'throw') throw new Error('uncaught');
  process.exit(3);
});
for await (const event of runner.run(turn, new AbortController().signal)) if (event.type === 'activity-start') console.log('working');
