import type { MachineReport } from '@claude-code-api/gateway/remote-runner';
import type { Settings } from '../config/settings-schema.ts';
import { openRemoteRunner } from '../machines/open-remote-runner.ts';
import type { CheckResult } from './check-result.ts';
import { createNoteLogger } from './note-logger.ts';

/** How often machines are asked how they are, which takes half a second each time. */
const mostAsked = 12;

/** Whether the machines that are to run turns can be asked. */
export async function checkMachines(settings: Settings): Promise<CheckResult> {
  const { logger, notes } = createNoteLogger();
  const runner = await openRemoteRunner(settings, { prices: {}, logger, insight: undefined });
  try {
    await runner.health();
    // A machine that is much slower than another is not waited for at once: within four seconds it has answered, or is gone.
    for (let asked = 1; asked < mostAsked && runner.machines().some(({ status }) => status === 'unknown'); asked += 1)
      await runner.health();
    const reports = runner.machines();
    if (reports.length === 0) {
      const why = notes.map(({ fields }) => (fields['error'] instanceof Error ? fields['error'].message : '')).join(' ');
      return {
        status: 'fail',
        what: `${settings.claude.machines.join(', ')} names no machine. ${why}`.trim(),
        advice: 'Correct claude.machines.',
      };
    }
    const what = reports.map(toLine).join('\n');
    const well = reports.filter(({ status }) => status === 'ok').length;
    if (well === reports.length) return { status: 'ok', what };
    const advice = 'Start `claude-code-api runner` there, and give both sides one token: `claude-code-api create-runner-token` makes one.';
    return { status: well === 0 ? 'fail' : 'warn', what, advice };
  } finally {
    await runner.close();
  }
}

function toLine({ name, status, problem, room }: MachineReport): string {
  if (problem !== undefined || room === undefined) return `${name} is ${status}: ${problem ?? 'it does not answer'}`;
  return `${name} runs ${room.places} turns at once, ${room.running} now; ${room.warm} processes wait`;
}
