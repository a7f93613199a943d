export { createResponseCache, type ResponseCacheOptions } from './storage/cache/create-response-cache.ts';
export type { KeySettings } from './config/key-schema.ts';
export { loadSettings, type SettingsInput, type SettingsSources } from './config/load-settings.ts';
export { SettingsError } from './config/settings-error.ts';
export type { Settings } from './config/settings-schema.ts';
export { createApp, type RunningApp } from './create-app.ts';
export { createMachine, type MachineOptions } from './create-machine.ts';
export { createServer, type RunningServer } from './create-server.ts';
export type { RunningMachine } from './server/start-machine.ts';
export { createInsight, type InsightOptions, type NodeInsight } from './insight/create-insight.ts';
export type { RunnerInsight, RunnerState } from './runner/process/runner-insight.ts';
export type { Stats } from './insight/stats.ts';
export { createCallerOf } from './keys/create-caller-of.ts';
export { createKey, hashKey } from './keys/create-key.ts';
export { secretsOf } from './log/secrets-of.ts';
export type { ResolvedProfiles } from './profiles/resolve-profiles.ts';
export type { AgentProfile, McpServer } from './runner/profile/agent-profile.ts';
export type { CliRunnerOptions, WaitingProcesses } from './runner/cli-runner-options.ts';
export { createCliRunner, type CliRunner } from './runner/create-cli-runner.ts';
export type { CliRunnerDetails, CliRunnerHealth } from './runner/runner-facts.ts';
export { findCli, minimumCliVersion, type CliInstallation, type FindCliOptions } from './runner/cli/find-cli.ts';
export { pureProfile } from './runner/profile/pure-profile.ts';
export { createMcpConnector, type ClosableMcpConnector, type McpConnectorOptions } from './mcp/create-mcp-connector.ts';
export { createLogger, type LoggerOptions } from './log/create-logger.ts';
export {
  createConversationStore,
  type ConversationStoreOptions,
  type StoredConversations,
} from './storage/conversations/create-conversation-store.ts';
export { createResponseStore, type ResponseStoreOptions, type StoredResponses } from './storage/responses/create-response-store.ts';
export type { ServerOptions } from './server/begin-gateway.ts';
export { createStorageBackend, type StorageBackendOptions } from './storage/create-storage-backend.ts';
export type { StorageBackend } from './storage/storage-backend.ts';
