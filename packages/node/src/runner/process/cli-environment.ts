import type { CliLogin } from '../cli/cli-login.ts';
import { cliVariables } from './cli-variables.ts';

/** The variables of the gateway's own environment that a CLI may see: an allow-list. */
const names = cliVariables.flatMap((group) => group.names);
const passedOn: ReadonlySet<string> = new Set(names.filter((name) => !name.endsWith('*')));
const families = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));

export interface CliEnvironmentOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly login: CliLogin;
  /** A private directory, thrown away at the end. */
  readonly temporaryDirectory: string;
  /** Names of more variables that are passed on, as the operator wants it. */
  readonly more?: readonly string[];
  /** A private directory for the CLI's own files, used when nothing stored is needed to log in. */
  readonly configDirectory: string;
  /** How often the CLI itself asks again after a 429, a 5xx or a lost connection. */
  readonly maxRetries: number;
}

/** The environment of a CLI: an allow-list of the gateway's own, and the switches that keep its hands off a request. */
export function cliEnvironment(options: CliEnvironmentOptions): Record<string, string> {
  const { login, environment } = options;
  const isPassedOn = (name: string): boolean =>
    passedOn.has(name) || families.some((family) => name.startsWith(family)) || options.more?.includes(name) === true;
  const own = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && isPassedOn(entry[0]));
  return {
    ...Object.fromEntries(own),
    // A line at the top of the prompt, which only Anthropic takes off again before it looks into its cache.
    ...(login !== 'subscription' &&
      !isAnthropic(environment, login) && { CLAUDE_CODE_ATTRIBUTION_HEADER: environment['CLAUDE_CODE_ATTRIBUTION_HEADER'] || '0' }),
    ...(login !== 'subscription' && { CLAUDE_CONFIG_DIR: options.configDirectory }),
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

/** Whether requests go to Anthropic's own API, and not to a cloud or a gateway that stands in for it. */
function isAnthropic(environment: CliEnvironmentOptions['environment'], login: CliLogin): boolean {
  const url = environment['ANTHROPIC_BASE_URL'] || 'https://api.anthropic.com';
  return login !== 'cloud' && URL.canParse(url) && /(^|\.)anthropic\.com$/.test(new URL(url).hostname);
}

const aliases = ['sonnet', 'opus', 'haiku'] as const;

/** Variables that tell a CLI what one before it has found out: which models it may use on a cloud takes paid requests. */
export function pinnedModels(fullName: (alias: string) => string | undefined): Record<string, string> {
  return Object.fromEntries(
    aliases.flatMap((alias) => {
      const model = fullName(alias);
      return model === undefined ? [] : [[`ANTHROPIC_DEFAULT_${alias.toUpperCase()}_MODEL`, model]];
    }),
  );
}
