/** The entry `@claude-code-api/gateway/dialect-kit`: what a wire format of one's own is made of. `GatewayOptions.dialects` takes it. */
export { badRequest } from './gateway-error.ts';
export type { Dialect, DialectClients, ErrorBody, ReplyWriter } from './dialects/dialect.ts';
export { openaiCallFault } from './dialects/openai/openai-call-fault.ts';
export { parseBody } from './dialects/parse-body.ts';
export type { Answer } from './engine/answer.ts';
export type {
  OpenBlock,
  OpenMessage,
  RequestBlock,
  RequestMedia,
  RequestMessage,
  RequestResult,
  RequestSeal,
  TurnRequest,
} from './engine/turn-request.ts';
export type { ModelObject } from './models/model-catalog.ts';
export type { CallFault } from './turn/find-call-fault.ts';
export { foldTurn, gatherAnswer, textOf, toContentBlock, type AnsweredBlock, type TurnAnswer, type TurnFold } from './turn/fold-turn.ts';
export { readArguments } from './turn/parse-arguments.ts';
export { toSystem } from './turn/content-block.ts';
export { toReasoning } from './turn/reasoning.ts';
export type { TurnField } from './turn/turn.ts';
