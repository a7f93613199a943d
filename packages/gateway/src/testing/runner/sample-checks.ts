import type { ClaudeRunner } from '../../ports/claude-runner.ts';
import { foldTurn, type TurnAnswer } from '../../turn/fold-turn.ts';
import type { Turn } from '../../turn/turn.ts';
import { checkBlocks } from '../check-blocks.ts';
import { sampleTurns, sampleUsage, toScript, type SampleTurn, type SampleTurnName } from '../sample-turns.ts';
import type { ContractCheck } from '../runner-contract.ts';
import { inBlocks } from '../script-blocks.ts';
import { must } from './must.ts';

export type RunnerSample = Exclude<
  SampleTurnName,
  'nothing' | 'cited' | 'others' | 'acting' | 'contextWindow' | 'pause' | 'refusalWithoutReason'
>;

const tool = { description: 'Looks', inputSchema: { type: 'object', properties: { at: { type: 'string' } } }, strict: false };
const tools = ['look', 'rest'].map((name) => ({ name, ...tool }));

/** What is asked for each sample, over the turn that is asked for all. */
const asked: Readonly<Record<RunnerSample, Partial<Turn>>> = {
  text: {},
  oddText: {},
  longText: {},
  twoTexts: {},
  thinking: { thinking: { type: 'adaptive', display: 'summarized' } },
  hiddenThinking: { thinking: { type: 'adaptive', display: 'summarized' } },
  call: { tools },
  callWithoutArguments: { tools },
  calls: { tools },
  maxTokens: { sampling: { maxOutputTokens: 100 } },
  stopSequence: { sampling: { stopSequences: ['END'] } },
  refusal: {},
};

/** What the model says is told as it is: texts, thinking with its signature, calls, why it has stopped, and what it has used. */
export function sampleChecks(createSaying: (sample: SampleTurn) => ClaudeRunner | Promise<ClaudeRunner>, turn: Turn): ContractCheck[] {
  const names = Object.keys(asked).filter((name): name is RunnerSample => name in asked);
  return names.map((name) => ({
    name: `what the model says is told as it is: ${name}`,
    run: async () => {
      const runner = await createSaying(sampleTurns[name]);
      try {
        await checkSample(runner, sampleTurns[name], { ...turn, ...asked[name] });
      } finally {
        await runner.close();
      }
    },
  }));
}

async function checkSample(runner: ClaudeRunner, sample: SampleTurn, turn: Turn): Promise<void> {
  const events = [];
  for await (const event of runner.run(turn, new AbortController().signal)) events.push(event);
  checkBlocks(events);
  const [told, said] = [events, inBlocks(toScript(sample))].map((each) => foldTurn(each).answer);
  must(
    told !== undefined && said !== undefined && shown(told) === shown(said),
    `it is told ${said && shown(said)}, not ${told && shown(told)}`,
  );
  for (const key of ['inputTokens', 'cacheReadTokens', 'outputTokens'] as const)
    must(told.usage[key] === sampleUsage[key], `${key} is ${sampleUsage[key]}, not ${told.usage[key]}`);
}

/** An answer without what is the runner's own: its model, ids of messages, what else the API tells. */
function shown({ blocks, end }: TurnAnswer): string {
  const content = blocks.map(({ started, text, signature }) => ({
    ...started,
    text: started.type === 'tool_use' ? JSON.stringify(JSON.parse(text || '{}')) : text,
    signature,
  }));
  return JSON.stringify({ content, reason: end?.reason, stopSequence: end?.stopSequence, refusal: end?.refusal });
}
