export { newConversationId } from './conversations/new-conversation-id.ts';
export { newItemId, type ItemPrefix } from './conversations/new-item-id.ts';
export { createGateway } from './create-gateway.ts';
export { openaiErrorBody } from './dialects/openai-error.ts';
export type { ActivityMode } from './engine/activity-mode.ts';
export type { ReasoningEffort } from './turn/reasoning.ts';
export { GatewayError, type GatewayErrorOptions } from './gateway-error.ts';
export type {
  AccessOptions,
  BodyOptions,
  CacheOptions,
  ConversationOptions,
  GatewayOptions,
  ModelOptions,
  QueueOptions,
  RequestDefaults,
} from './gateway-options.ts';
export { originTest } from './http/origin-test.ts';
export type { KeepAlive } from './http/stream-response.ts';
export { createMemoryQuotaStore, type MemoryQuotaStoreOptions } from './quotas/create-memory-quota-store.ts';
export { toMeterState } from './quotas/to-meter-state.ts';
export type { MediaAccess, MediaLimits } from './media/media-access.ts';
export { anyAbilities } from './models/any-abilities.ts';
export type { ProfileOptions } from './models/profile-options.ts';
export type { Caller, CallerLimits } from './ports/caller.ts';
export type { ClaudeRunner, RunnerHealth, ModelAbilities, RunnerModel, TurnSpending } from './ports/claude-runner.ts';
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
export type { GatewayState, Insight, RequestFacts, TurnFacts } from './ports/insight.ts';
export type { QuotaStore, Meter, MeterAmount, MeterState, TakeResult } from './ports/quota-store.ts';
export type { LogFields, Logger } from './ports/logger.ts';
export { withFields } from './ports/with-fields.ts';
export type { Sha256 } from './ports/sha256.ts';
export type { CachedAnswer, ResponseCache } from './ports/response-cache.ts';
export { addsText } from './turn/adds-text.ts';
export { bareId } from './turn/bare-id.ts';
export { readArguments, type CallArguments } from './turn/parse-arguments.ts';
export { canonicalMessage } from './turn/canonical-message.ts';
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
export { identifyingMessage } from './turn/identifying-message.ts';
export { isThinking } from './turn/is-thinking.ts';
export { normalizeMessages } from './turn/normalize-messages.ts';
export { saysSomething } from './turn/says-something.ts';
export { systemText, toSystem } from './turn/system-text.ts';
export { turnTimedOut } from './turn/turn-timed-out.ts';
export { callBlock, textBlock, thinkingBlock } from './turn/block-events.ts';
export { foldTurn, toContentBlock, type Activity, type AnsweredBlock, type TurnAnswer, type TurnFold } from './turn/fold-turn.ts';
export { renumberBlocks } from './turn/renumber-blocks.ts';
export type { BlockEvent, StartedBlock, TurnEnd, TurnEndReason, TurnEvent } from './turn/turn-event.ts';
export type { Effort, Thinking } from './turn/reasoning.ts';
export type { JsonObject, Tool, ToolChoice } from './turn/tool.ts';
export type { Sampling, Turn } from './turn/turn.ts';
export { addUsage, noUsage, type Usage } from './turn/usage.ts';
