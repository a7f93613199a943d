import { clientServerName } from './client-tools.ts';

/** How the CLI is started so that nothing but what a caller sends reaches the model. No prompt is ever among the arguments. */
export function cliArguments(login: CliLogin, resumeFile?: string): string[] {
  return [
    '--print',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--include-partial-messages',
    '--replay-user-messages',
    ...['--tools', ''],
    ...['--setting-sources', ''],
    '--strict-mcp-config',
    '--no-session-persistence',
    '--disable-slash-commands',
    // The caller's tools, which the caller runs.
    ...['--allowedTools', `mcp__${clientServerName}`],
    // Whatever is not allowed beforehand is refused; the default of some versions would describe this machine to the API.
    ...['--permission-mode', 'dontAsk'],
    // Reads no subscription login, and adds nothing to a request.
    ...(login === 'api-key' ? ['--bare'] : []),
    ...(resumeFile === undefined ? [] : ['--resume', resumeFile]),
  ];
}

/** What logs the CLI in: a key in the environment, or whatever login the CLI itself has stored. */
export type CliLogin = 'api-key' | 'stored';

/** What of the gateway's own environment a CLI may see: where it runs, how it reaches the network, and its login. */
const passedOn = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TERM'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'],
  ...['CLAUDE_CODE_SKIP_BEDROCK_AUTH', 'CLAUDE_CODE_SKIP_VERTEX_AUTH', 'CLOUD_ML_REGION', 'GOOGLE_APPLICATION_CREDENTIALS'],
  ...['SYSTEMROOT', 'COMSPEC', 'PATHEXT', 'WINDIR', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'PROGRAMDATA', 'HOMEDRIVE', 'HOMEPATH'],
]);
const passedOnPrefixes = ['ANTHROPIC_', 'AWS_', 'LC_', 'XDG_'];

export interface CliEnvironmentOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly login: CliLogin;
  /** A private directory, thrown away at the end. */
  readonly temporaryDirectory: string;
  /** A private directory for the CLI's own files, used when nothing stored is needed to log in. */
  readonly configDirectory: string;
  /** How often the CLI itself asks again after a 429, a 5xx or a lost connection. */
  readonly maxRetries: number;
}

/** The environment of a CLI: an allow-list of the gateway's own, and the switches that keep its hands off a request. */
export function cliEnvironment(options: CliEnvironmentOptions): Record<string, string> {
  const own = Object.entries(options.environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (passedOn.has(entry[0]) || passedOnPrefixes.some((prefix) => entry[0].startsWith(prefix))),
  );
  return {
    ...Object.fromEntries(own),
    ...(options.login === 'api-key' && { CLAUDE_CONFIG_DIR: options.configDirectory }),
    TMPDIR: options.temporaryDirectory,
    // Says to Anthropic, in the user agent, who is asking.
    CLAUDE_AGENT_SDK_CLIENT_APP: 'claude-code-api',
    CLAUDE_CODE_MAX_RETRIES: String(options.maxRetries),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // Without these the CLI would add to, shorten, or repeat what it is given.
    CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
    CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
    CLAUDE_CODE_DISABLE_REFUSAL_FALLBACK: '1',
    CLAUDE_CODE_DISABLE_REFUSAL_RETRY: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    DISABLE_COMPACT: '1',
    // What is too long for a model the API knows best: the CLI would refuse by a count of its own.
    CLAUDE_CODE_BLOCKING_LIMIT_OVERRIDE: '100000000',
    // It would ask for the newest model in place of an older one that the caller has named.
    CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP: '1',
    // The caller's tools under their own names, all of them, with results of any length that may take any time.
    CLAUDE_AGENT_SDK_MCP_NO_PREFIX: '1',
    ENABLE_TOOL_SEARCH: 'false',
    MAX_MCP_OUTPUT_TOKENS: '100000000',
    MCP_TOOL_TIMEOUT: '86400000',
    CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS: '0',
    // All calls of an answer at once, so that their results can come in any order.
    CLAUDE_CODE_MAX_TOOL_USE_CONCURRENCY: '1000',
    // Effort and thinking are the caller's to choose: unset, the CLI sends its own, with a note in the messages.
    CLAUDE_CODE_EFFORT_LEVEL: 'unset',
    CLAUDE_CODE_DISABLE_THINKING: '1',
  };
}

/** Whether a CLI is logged in by a key in its environment. */
export function loginOf(environment: Readonly<Record<string, string | undefined>>): CliLogin {
  return environment['ANTHROPIC_API_KEY'] ? 'api-key' : 'stored';
}
