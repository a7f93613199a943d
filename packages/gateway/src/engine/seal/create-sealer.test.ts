import { expect, test } from 'vitest';
import { createSealer } from './create-sealer.ts';

const sealer = createSealer(() => 'a key');

test('what is sealed is opened with the same key, by whoever has it', async () => {
  const seal = await sealer.seal('thought ü', 'one');
  expect(seal).toMatch(/^ccs1_[\w-]{8}\.[\w-]+$/);
  expect(seal).not.toBe(await sealer.seal('thought ü', 'one'));
  expect(await sealer.open(seal, 'one', 'x')).toBe('thought ü');
  expect(await createSealer(async () => 'a key').open(seal, 'one', 'x')).toBe('thought ü');
});

test('what was not sealed with the key is not looked at', async () => {
  const foreign = await createSealer(() => 'another key').seal('thought', 'one');
  for (const seal of [foreign, 'gAAAAABo', '', 'ccs1_', 'ccs2_x.y', 'SIGNED']) expect(await sealer.open(seal, 'one', 'x')).toBeUndefined();
});

test('what was changed, and what is of another tenant, is refused', async () => {
  const seal = await sealer.seal('thought', 'one');
  const at = seal.indexOf('.') + 1;
  const refused = { status: 400, param: 'input[0].encrypted_content', code: 'invalid_encrypted_content' };
  for (let index = at; index < seal.length; index += 5) {
    const changed = seal.slice(0, index) + (seal[index] === 'A' ? 'B' : 'A') + seal.slice(index + 1);
    await expect(sealer.open(changed, 'one', 'input[0].encrypted_content')).rejects.toMatchObject(refused);
  }
  for (const cut of [seal.slice(0, at), seal.slice(0, at + 6), seal.slice(0, -4), `${seal}AAAA`, `${seal}*`])
    await expect(sealer.open(cut, 'one', 'input[0].encrypted_content')).rejects.toMatchObject(refused);
  await expect(sealer.open(seal, 'two', 'input[0].encrypted_content')).rejects.toMatchObject(refused);
  await expect(sealer.open(seal, '', 'input[0].encrypted_content')).rejects.toMatchObject(refused);
});

test('a key that could not be had is asked for again', async () => {
  let asked = 0;
  const late = createSealer(() => {
    asked += 1;
    if (asked === 1) throw new Error('not yet');
    return 'a key';
  });
  await expect(late.seal('x', '')).rejects.toThrow('not yet');
  expect(await sealer.open(await late.seal('x', ''), '', 'x')).toBe('x');
});

test('a key that never comes, since the request that asked for it is gone, keeps no other; all use the first that comes', async () => {
  const answers: ((key: string) => void)[] = [];
  const shared = createSealer(() => new Promise<string>((resolve) => void answers.push(resolve)));
  void shared.seal('x', '');
  const seals = [shared.seal('one', ''), shared.seal('two', '')];
  answers[2]?.('a key');
  expect(await sealer.open(await seals[1]!, '', 'x')).toBe('two');
  answers[1]?.('another key');
  expect(await sealer.open(await seals[0]!, '', 'x')).toBe('one');
});

test('of several keys the first one seals, and all of them open', async () => {
  const older = await createSealer(() => 'old').seal('thought', 'one');
  const both = createSealer(async () => ['new', 'old']);
  expect(await both.open(older, 'one', 'x')).toBe('thought');
  const newer = await both.seal('thought', 'one');
  expect(await createSealer(() => 'new').open(newer, 'one', 'x')).toBe('thought');
  expect(await createSealer(() => ['old']).open(newer, 'one', 'x')).toBeUndefined();
  await expect(both.open(older, 'two', 'x')).rejects.toMatchObject({ status: 400 });
  await expect(createSealer(() => []).seal('thought', 'one')).rejects.toThrow('no key');
});
