/** The entry `@claude-code-api/gateway/runner-kit`: what helps to write a runner. The types that it is about are in the main entry. */
export { costAt, costOf } from './models/cost-of.ts';
export { withFields } from './ports/logger.ts';
export { addsText } from './turn/message.ts';
export { bareId, canonicalMessage, identifyingMessage } from './turn/message-identity.ts';
export { callBlock, renumberBlocks, textBlock, thinkingBlock } from './turn/block-events.ts';
export { cacheMarksOf, maxMarksBesideOwn, type CacheMarks } from './turn/cache-marks.ts';
export { foldTurn, toContentBlock, type Activity, type AnsweredBlock, type TurnAnswer, type TurnFold } from './turn/fold-turn.ts';
export { isThinking, saysSomething, systemText, toSystem } from './turn/content-block.ts';
export { normalizeMessages } from './turn/normalize-messages.ts';
export { readArguments, type CallArguments } from './turn/parse-arguments.ts';
export { turnTimedOut } from './turn/turn-timed-out.ts';
export { addUsage, noUsage } from './turn/usage.ts';
export { withinTime } from './basics/waiting.ts';
