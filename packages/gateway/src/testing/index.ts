export {
  createScriptedRunner,
  textScript,
  type Script,
  type ScriptedRunner,
  type ScriptedRunnerOptions,
} from './create-scripted-runner.ts';
export { runnerContract, type ContractCheck, type RunnerContractOptions } from './runner-contract.ts';
