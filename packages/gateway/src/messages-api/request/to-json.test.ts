import { expect, test } from 'vitest';
import { toJson } from './to-json.ts';

test.each([
  ['cut \ud83d', 'cut \ufffd'],
  ['\ude00 cut', '\ufffd cut'],
  ['\ude00\ud83d', '\ufffd\ufffd'],
  ['whole 😀', 'whole 😀'],
  [String.raw`said: \ud83d`, String.raw`said: \ud83d`],
  ['behind a backslash: \\\ud83d', 'behind a backslash: \\\ufffd'],
])('halves of surrogate pairs are none to the API, and all else is as it was: %j', (text, read) => {
  expect(JSON.parse(toJson({ [text]: [text] }))).toEqual({ [read]: [read] });
});
