export type { BlockParam, MessageParam, MessagesBody } from './messages-body.ts';
export { createPrefixCache, type PrefixCache, type PrefixCacheOptions, type PromptUsage } from './prefix-cache.ts';
export { listedBetas } from './known-names.ts';
export type { RecordedMessages } from './recorded-request.ts';
export type { MessageReply, RawReply, Reply, ReplyBlock } from './reply.ts';
export {
  citedTextBlock,
  cutReply,
  errorReply,
  hugeReply,
  messageReply,
  rawReply,
  redactedThinkingBlock,
  serverToolUseBlock,
  stallReply,
  streamErrorReply,
  textReply,
  thinkingReply,
  toolUseReply,
  wholeBlock,
  type ReplyOptions,
  type ToolUseCall,
} from './replies.ts';
export { startMockAnthropic, type MockAnthropic } from './start-mock-anthropic.ts';
export { streamEvents, toMessage } from './stream-events.ts';
