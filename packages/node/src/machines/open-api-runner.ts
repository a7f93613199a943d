import { hash } from 'node:crypto';
import type { ClaudeRunner } from '@claude-code-api/gateway';
import { createApiRunner } from '@claude-code-api/gateway/messages-api';
import { SettingsError } from '../config/settings-error.ts';
import type { Settings } from '../config/settings-schema.ts';
import { createPriceList, type ModelPrices } from '../runner/models/model-prices.ts';

export interface ApiRunnerParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether requests that name no profile have powers. */
  readonly hasPowers: boolean;
  readonly prices: ModelPrices;
}

/**
 * The runner that asks the Messages API itself.
 *
 * @throws {SettingsError} Without a key, or for what only Claude Code can do.
 */
export function openApiRunner({ claude, profiles }: Settings, { environment, hasPowers, prices }: ApiRunnerParts): ClaudeRunner {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl } = environment;
  if (!apiKey || apiKey.startsWith('sk-ant-oat'))
    throw new SettingsError(
      "With claude.runner 'api' the Messages API is asked by a key of its own: set ANTHROPIC_API_KEY. A subscription is for Claude Code alone, which runs with claude.runner 'cli'.",
    );
  const [profile] = Object.keys(profiles);
  if (profile !== undefined || hasPowers)
    throw new SettingsError(
      `With claude.runner 'api' there is no Claude Code, which ${profile === undefined ? 'file_access and mcp need' : `the profile '${profile}' needs`}. Take claude.runner 'cli' or 'remote', or take them out of the settings.`,
    );
  return createApiRunner({
    apiKey,
    ...(baseUrl !== undefined && baseUrl !== '' && { baseUrl }),
    priceOf: createPriceList({ prices, listed: () => [] }),
    maxRetries: claude.max_retries,
    sha256: (text) => hash('sha256', text),
  });
}
