export { newConversationId } from '../conversations/new-conversation-id.ts';
export { newItemId } from '../conversations/new-item-id.ts';
export { checkBlocks } from './check-blocks.ts';
export { conversationStoreContract, type ConversationStoreContractOptions } from './conversation-store-contract.ts';
export { createMemoryConversationStore, type MemoryConversationStoreOptions } from './create-memory-conversation-store.ts';
export {
  createScriptedRunner,
  textScript,
  type Script,
  type ScriptedRunner,
  type ScriptedRunnerOptions,
} from './create-scripted-runner.ts';
export { quotaStoreContract, type QuotaStoreContractOptions } from './quota-store-contract.ts';
export { responseCacheContract, type ResponseCacheContractOptions } from './response-cache-contract.ts';
export { runnerContract, type ContractCheck, type RunnerContractOptions } from './runner-contract.ts';
export { inBlocks, scriptBlocks, withoutBlocks, type ScriptEvent } from './script-blocks.ts';
