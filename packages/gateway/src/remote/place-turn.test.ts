import { expect, test } from 'vitest';
import { placeTurn, type MachineRoom } from './place-turn.ts';

const machine = (name: string, more: Partial<MachineRoom> = {}): MachineRoom => ({
  ...{ name, isOpen: true, places: 10, running: 0, queued: 0, warm: 1, load: 0 },
  ...more,
});
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `http://10.0.0.${index}:8091`);
const place = (key: string, machines: readonly MachineRoom[], more: { holder?: string; stays?: boolean } = {}) =>
  placeTurn({ key, stays: false, ...more }, machines);

test('of no machine, and of none that is open, there is none', () => {
  expect(place('a', [])).toBeUndefined();
  expect(place('a', [machine('x', { isOpen: false })], { holder: 'x', stays: true })).toBeUndefined();
});

test('a conversation goes to the machine that holds it', () => {
  const machines = names(5).map((name) => machine(name, { running: 3 }));
  for (const { name } of machines) expect(place('a', machines, { holder: name })).toBe(name);
});

test('unless that is full, or gone', () => {
  const others = [machine('y'), machine('z')];
  expect(place('a', [machine('x', { running: 10 }), ...others], { holder: 'x' })).not.toBe('x');
  expect(place('a', [machine('x', { running: 4, queued: 6 }), ...others], { holder: 'x' })).not.toBe('x');
  expect(place('a', [machine('x', { isOpen: false }), ...others], { holder: 'x' })).not.toBe('x');
  expect(place('a', others, { holder: 'x' })).toBeDefined();
});

test('what can only go on there waits there; and when all are full, nothing is gained elsewhere', () => {
  const full = machine('x', { running: 10, queued: 5 });
  expect(place('a', [full, machine('y')], { holder: 'x', stays: true })).toBe('x');
  expect(place('a', [full, machine('y', { running: 10 })], { holder: 'x' })).toBe('x');
});

test('a new one goes where most room is: a waiting process first, then free places, fewer of a busy machine', () => {
  expect(place('a', [machine('x', { warm: 0 }), machine('y', { running: 7 })])).toBe('y');
  expect(place('a', [machine('x', { running: 8 }), machine('y', { running: 1 })])).toBe('y');
  expect(place('a', [machine('x', { load: 4 }), machine('y', { running: 5 })])).toBe('y');
  expect(place('a', [machine('x', { running: 10, queued: 4 }), machine('y', { running: 10, queued: 3 })])).toBe('y');
  expect(place('a', [machine('x', { running: 10 }), machine('y', { running: 9, warm: 0, load: 8 })])).toBe('y');
});

test('where all have as much room, the conversation says which, whoever asks and in whatever order', () => {
  const machines = names(30).map((name) => machine(name));
  for (let index = 0; index < 100; index += 1) expect(place(`key ${index}`, machines)).toBe(place(`key ${index}`, machines.toReversed()));
});

test('they are spread evenly, and one machine more moves no more than its share', () => {
  const machines = names(10).map((name) => machine(name));
  const keys = Array.from({ length: 5000 }, (_, index) => `conversation ${index}`);
  const before = keys.map((key) => place(key, machines));
  for (const { name } of machines) {
    const share = before.filter((each) => each === name).length;
    expect(share).toBeGreaterThan(400);
    expect(share).toBeLessThan(600);
  }
  const more = [...machines, machine('http://10.0.0.99:8091')];
  const moved = keys.filter((key, index) => place(key, more) !== before[index]);
  expect(moved.length).toBeLessThan(5000 / 8);
  for (const key of moved) expect(place(key, more)).toBe('http://10.0.0.99:8091');
});
