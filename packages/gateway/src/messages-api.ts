/** The entry `@claude-code-api/gateway/messages-api`: a turn as the Messages API takes it, and what it answers. */
export { abilitiesOf } from './messages-api/model-abilities.ts';
export { nameTools } from './messages-api/request/name-tools.ts';
export { type PreparedTurn, prepareTurn } from './messages-api/request/prepare-turn.ts';
export { toJson } from './messages-api/request/to-json.ts';
export { toApiBlock, toRequestBody } from './messages-api/request/to-request-body.ts';
export { type SafeTurn, toSafeTurn } from './messages-api/request/to-safe-turn.ts';
export { createBlockReader } from './messages-api/response/block-reader.ts';
export { createStreamReader, type StreamReader, type StreamReaderOptions } from './messages-api/response/create-stream-reader.ts';
export { createStepsUsage } from './messages-api/response/steps-usage.ts';
export { toEndReason, toTold, toTurnEnd, toTurnStart } from './messages-api/response/turn-bounds.ts';
export { readPiece, streamEventSchema, streamUsageSchema, type StreamEvent, type StreamUsage } from './messages-api/stream-event.ts';
export { createApiRunner, type ApiRunnerOptions } from './messages-api/create-api-runner.ts';
export { toTurnError, type TurnFailure } from './messages-api/response/to-turn-error.ts';
