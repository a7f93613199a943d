import { expect } from 'vitest';
import { createAsking } from '../create-asking.ts';
import { createBusySteps } from './create-busy-steps.ts';
import { createPicks } from '../create-picks.ts';
import { createRecordSteps } from './create-record-steps.ts';
import { createServerSteps } from './create-server-steps.ts';
import { createTurnSteps } from './create-turn-steps.ts';
import { createUnkeptSteps } from './create-unkept-steps.ts';
import { readConversation } from '../read-conversation.ts';
import type { Steps, StepTools } from './steps.ts';

export type StepsOptions = Pick<StepTools, 'model' | 'pair' | 'checks' | 'random'>;

/** All steps. A seed repeats what it picked as long as they stay in this order. */
export function createSteps(options: StepsOptions): Steps {
  const picks = createPicks(options.model, options.random);
  const parts = { ...options, picks, deleted: [] };
  const tools: StepTools = { ...parts, asking: createAsking(parts) };
  return {
    ...createTurnSteps(tools),
    ...createRecordSteps(tools),
    ...createUnkeptSteps(tools),
    ...createBusySteps(tools),
    ...createServerSteps(tools),
    'a conversation that is not there': {
      weight: 1,
      run: async () => expect(await readConversation(options.pair.url(), 'conv_0')).toBeUndefined(),
    },
  };
}
