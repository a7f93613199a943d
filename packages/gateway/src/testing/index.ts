export {
  createScriptedRunner,
  textScript,
  type Script,
  type ScriptedRunner,
  type ScriptedRunnerOptions,
} from './create-scripted-runner.ts';
