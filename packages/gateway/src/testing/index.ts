export { newConversationId, newItemId } from '../conversations/ids.ts';
export { checkBlocks } from './check-blocks.ts';
export { conversationStoreContract, type ConversationStoreContractOptions } from './conversation-store-contract.ts';
export { createMemoryConversationStore, type MemoryConversationStoreOptions } from './create-memory-conversation-store.ts';
export { createMemoryResponseStore, type MemoryResponseStoreOptions } from './create-memory-response-store.ts';
export {
  createScriptedRunner,
  textScript,
  type Script,
  type ScriptedRunner,
  type ScriptedRunnerOptions,
} from './create-scripted-runner.ts';
export { dialectContract, type DialectContractOptions, type StreamedReply } from './dialect-contract.ts';
export type { ReplyRow } from './dialect/reply-checks.ts';
export type { MalformedRow, RequestRow } from './dialect/request-checks.ts';
export { sampleModel, sampleOddText, sampleTurns, sampleUsage, type SampleTurn, type SampleTurnName } from './sample-turns.ts';
export { quotaStoreContract, type QuotaStoreContractOptions } from './quota-store-contract.ts';
export { responseCacheContract, type ResponseCacheContractOptions } from './response-cache-contract.ts';
export { responseStoreContract, type ResponseStoreContractOptions } from './response-store-contract.ts';
export { storesContract, type StoresContractOptions } from './stores-contract.ts';
export { runnerContract, type ContractCheck, type RunnerContractOptions } from './runner-contract.ts';
export { inBlocks, scriptBlocks, withoutBlocks, type ScriptEvent } from './script-blocks.ts';
