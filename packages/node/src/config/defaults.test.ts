import { createMemoryQuotaStore, gatewayDefaults } from '@claude-code-api/gateway';
import { createMemoryConversationStore, createMemoryResponseStore } from '@claude-code-api/gateway/testing';
import { expect, test } from 'vitest';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { cliRunnerDefaults } from '../runner/cli-runner-options.ts';
import { toGatewayOptions } from '../server/to-gateway-options.ts';
import { toRunnerOptions } from '../server/to-runner-options.ts';
import { parseSettings } from './load-settings.ts';

const settings = parseSettings({});
const profiles = resolveProfiles(settings, { environment: {} });

test('a CLI runner by the settings is the one without options', () => {
  const { maxLineBytes: _, ...defaults } = cliRunnerDefaults;
  const { processes, ...others } = toRunnerOptions(settings, profiles);
  expect({ ...others, ...processes }).toMatchObject(defaults);
});

test('a gateway by the settings is the one without options, but for what depends on the machine', () => {
  const storage = {
    conversations: createMemoryConversationStore(),
    responses: createMemoryResponseStore(),
    secret: async () => 'secret',
    sharing: 'single' as const,
    cache: { get: async () => undefined, set: async () => {} },
    quotas: createMemoryQuotaStore(),
    close: async () => {},
  };
  const { effort, activity, strictParameters, maxRunning, maxWaiting, queueTimeoutMs, turnTimeoutMs, keepAlive } = gatewayDefaults;
  expect(toGatewayOptions(settings, { profiles, fetcher: undefined, storage })).toMatchObject({
    defaults: { effort, activity, strictParameters },
    queue: { maxRunning, maxRunningPerCaller: maxRunning, maxWaiting, timeoutMs: queueTimeoutMs },
    turnTimeoutMs,
    keepAlive,
    bodies: { maxBytes: gatewayDefaults.maxBodyBytes },
    conversations: { busyTimeoutMs: gatewayDefaults.busyTimeoutMs },
    cache: { mode: gatewayDefaults.cacheMode },
  });
});
