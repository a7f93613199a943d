export { createGateway } from './create-gateway.ts';
export { openaiErrorBody } from './dialects/openai/openai-error.ts';
export type { ActivityMode } from './turn/turn-event.ts';
export { GatewayError, type GatewayErrorOptions } from './gateway-error.ts';
export {
  gatewayDefaults,
  type AccessOptions,
  type BodyOptions,
  type CacheOptions,
  type ConversationOptions,
  type GatewayOptions,
  type ModelOptions,
  type QueueOptions,
  type RequestDefaults,
  type ResponseOptions,
} from './gateway-options.ts';
export type { EmbeddingsOptions } from './resources/embeddings/fetch-embeddings.ts';
export { originTest } from './http/origin-test.ts';
export type { KeepAlive } from './http/stream-response.ts';
export { createMemoryQuotaStore, type MemoryQuotaStoreOptions } from './quotas/create-memory-quota-store.ts';
export { toMeterState } from './quotas/meters.ts';
export type { MediaAccess, MediaLimits } from './media/media-access.ts';
export { anyAbilities } from './models/any-abilities.ts';
export type { ProfileOptions } from './models/profile-options.ts';
export type { Caller, CallerLimits } from './ports/caller.ts';
export type { ClaudeRunner, RunnerHealth, ModelAbilities, ModelPrice, RunnerModel, TurnSpending } from './ports/claude-runner.ts';
export type {
  Conversation,
  ConversationChange,
  ConversationInfo,
  ConversationItem,
  ConversationPage,
  ConversationStore,
  Metadata,
  NewConversation,
  PageRequest,
} from './ports/conversation-store.ts';
export type { GatewayState, Insight, Page, RequestFacts, RequestTrace, RunningRequest, TurnFacts, TurnTrace } from './ports/insight.ts';
export type { Meter, MeterAmount, MeterState, QuotaStore, TakeResult } from './ports/quota-store.ts';
export type {
  BackgroundState,
  NewResponse,
  ResponseChange,
  ResponsePosition,
  ResponseStore,
  StoredResponse,
} from './ports/response-store.ts';
export type { Background, BackgroundWork } from './responses/background.ts';
export type { LogFields, Logger } from './ports/logger.ts';
export type { McpConnection, McpConnectOptions, McpConnector, McpResult, McpServer, McpTool } from './ports/mcp-connector.ts';
export type { Sha256 } from './ports/sha256.ts';
export type { CachedAnswer, ResponseCache } from './ports/response-cache.ts';
export type {
  Base64Source,
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  PlainTextSource,
  OtherBlock,
  RedactedThinkingBlock,
  ResultBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
  UrlSource,
} from './turn/content-block.ts';
export type { Message } from './turn/message.ts';
export type { BlockEvent, StartedBlock, TurnEnd, TurnEndReason, TurnEvent } from './turn/turn-event.ts';
export type { Effort, ReasoningEffort, Thinking } from './turn/reasoning.ts';
export type { JsonObject, Tool, ToolChoice } from './turn/tool.ts';
export type { Sampling, Turn } from './turn/turn.ts';
export type { Usage } from './turn/usage.ts';
