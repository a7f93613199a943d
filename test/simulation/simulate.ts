/**
 * Prints what a day of users makes of machines, by the product's own rules of placement, pool, queue and live processes; simulated, so that it is
 * the same everywhere. Without parameters the tables of `docs/scaling.md`; else one row: `npm run simulate -- --users 500 --machines 2 --turns 10`.
 * What can be given: users, machines, from-hour, to-hour, seed, and all of `Habits` and `MachineSize`, as `--think-seconds 60`.
 */
import { parseArgs } from 'node:util';
import { dayOfUsers, usualHabits, type Habits } from './day-of-users.ts';
import { simulateDay } from './simulate-day.ts';
import { simulatePlacement } from './simulate-placement.ts';
import { machineOf16Gigabytes, type MachineSize } from './simulated-machine.ts';

const defaults = { users: 1000, machines: 1, fromHour: 0, toHour: 24, seed: 1, ...usualHabits, ...machineOf16Gigabytes };
type Given = typeof defaults & Habits & MachineSize;

const percent = (share: number): string => (Number.isNaN(share) ? '-' : `${(share * 100).toFixed(share < 0.995 ? 1 : 0)} %`);
const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const dayHead = [
  ...[
    'users',
    'machines',
    'turns',
    'follow-ups that found their process',
    'others that found one waiting',
    'waited for a place',
    'refused',
  ],
  ...['API asked after, p50', 'p95', 'processes of a machine, mean', 'most', 'its memory, most', 'its CPU, busiest hour'],
];

async function toDayRow(given: Given): Promise<string[]> {
  const day = await simulateDay(dayOfUsers(given, given), { machines: given.machines, size: given });
  return [
    given.users.toLocaleString('en'),
    String(given.machines),
    `${day.turns.toLocaleString('en')} (${given.fromHour} to ${given.toHour} h)`,
    ...[percent(day.liveShare), percent(day.warmShare), percent(day.queuedShare), percent(day.refused / day.turns)],
    ...[`${day.p50Ms.toFixed(0)} ms`, `${day.p95Ms.toFixed(0)} ms`],
    ...[day.meanProcesses.toFixed(0), String(day.mostProcesses), `${day.mostMemoryGigabytes.toFixed(1)} GB`, percent(day.busiestCpu)],
  ];
}

async function toPlacementRow(machines: number): Promise<string[]> {
  const { users, own, random } = await simulatePlacement(machines);
  return [String(machines), users.toLocaleString('en'), percent(own), percent(random)];
}

function parse(): Given | undefined {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [kebab(name), { type: 'string' as const }]));
  const { values } = parseArgs({ options });
  if (Object.keys(values).length === 0) return undefined;
  const numbers = Object.entries(defaults).map(([name, usual]) => {
    const value = Number(values[kebab(name)] ?? usual);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${kebab(name)} is to be a number.`);
    return [name, value];
  });
  return Object.fromEntries(numbers) as Given;
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const given = parse();
if (given !== undefined) console.log(toTable(dayHead, [await toDayRow(given)]));
else {
  const busy = { ...defaults, fromHour: 9, toHour: 12 };
  const rows = [
    await toDayRow({ ...defaults, users: 10 }),
    await toDayRow({ ...defaults, users: 1000 }),
    ...[await toDayRow({ ...busy, users: 3000 }), await toDayRow({ ...busy, users: 6000 }), await toDayRow({ ...busy, users: 10_000 })],
    await toDayRow({ ...busy, users: 100_000, machines: 25 }),
  ];
  console.log(toTable(dayHead, rows));
  const head = ['machines', 'users', 'follow-ups that found their process', 'the same where any machine is as good as another'];
  console.log(`\n${toTable(head, [await toPlacementRow(1), await toPlacementRow(3), await toPlacementRow(30)])}`);
}
