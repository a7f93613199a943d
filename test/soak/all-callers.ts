import type { Caller } from './caller.ts';
import { askCached } from './callers/ask-cached.ts';
import { askForFault } from './callers/ask-for-fault.ts';
import { askOnce } from './callers/ask-once.ts';
import { askStructured } from './callers/ask-structured.ts';
import { callTools } from './callers/call-tools.ts';
import { followByHistory } from './callers/follow-by-history.ts';
import { followById } from './callers/follow-by-id.ts';
import { leaveMidway } from './callers/leave-midway.ts';
import { leaveStalled } from './callers/leave-stalled.ts';
import type { Fault } from './fault.ts';

const faults: readonly Fault[] = ['429', 'cut', 'once', '529', 'stream error', '500', 'drip'];

/** Those to whom nothing may happen that was not done to a process. */
export const plainCallers: readonly Caller[] = [
  askOnce('whole'),
  askOnce('streamed'),
  callTools,
  followById,
  followByHistory,
  askStructured,
  askCached,
  leaveMidway('midway'),
  leaveMidway('early'),
];

/** Those that ask for what goes wrong, each whole and streamed in turns. */
export const faultyCallers: readonly Caller[] = [false, true].flatMap((stream) =>
  faults.map((fault, index) => askForFault(fault, stream !== (index % 2 === 0))),
);

/** Those that take a place for long. */
export const stalledCallers: readonly Caller[] = [leaveStalled, askForFault('stall', true), leaveStalled, askForFault('stall', false)];
