import type { Caller } from './caller.ts';
import { askCached } from './ask-cached.ts';
import { askForFault } from './ask-for-fault.ts';
import { askOnce } from './ask-once.ts';
import { askStructured } from './ask-structured.ts';
import { callTools } from './call-tools.ts';
import { followByHistory } from './follow-by-history.ts';
import { followById } from './follow-by-id.ts';
import { leaveMidway } from './leave-midway.ts';
import { leaveStalled } from './leave-stalled.ts';
import type { Fault } from '../problems/fault.ts';

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
