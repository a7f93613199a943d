import { expect, test } from 'vitest';
import { listSettings } from '../config/list-settings.ts';
import { SettingsError } from '../config/settings-error.ts';
import { parseArguments } from './parse-arguments.ts';

test('without any, it serves', () => {
  expect(parseArguments([])).toEqual({ action: 'serve', file: undefined, flags: {} });
});

test.each([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--help settings', 'help-settings'],
  ['--version', 'version'],
  ['--print-config', 'print-config'],
])('%s', (flags, action) => {
  expect(parseArguments(flags.split(' '))).toMatchObject({ action });
});

test('takes a file and settings, with = or a space', () => {
  expect(parseArguments(['--config', 'a.toml', '--server.port=1', '--claude.command', 'claude', '--print-config'])).toEqual({
    action: 'print-config',
    file: 'a.toml',
    flags: { 'server.port': '1', 'claude.command': 'claude' },
  });
});

test('every setting is a flag', () => {
  for (const { key } of listSettings()) expect(parseArguments([`--${key}=x`]).flags).toEqual({ [key]: 'x' });
});

test('profiles are flags under any name', () => {
  expect(parseArguments(['--profiles.agent={}', '--profiles.my-own', '{"tools": ["Read"]}']).flags).toEqual({
    'profiles.agent': '{}',
    'profiles.my-own': '{"tools": ["Read"]}',
  });
});

test('commands, with settings before or behind them', () => {
  expect(parseArguments(['create-key', 'alice'])).toEqual({ action: 'create-key', name: 'alice', file: undefined, flags: {} });
  expect(parseArguments(['--config', 'a.toml', 'create-key', 'alice'])).toMatchObject({
    action: 'create-key',
    name: 'alice',
    file: 'a.toml',
  });
  expect(parseArguments(['doctor', '--server.port=1'])).toEqual({ action: 'doctor', file: undefined, flags: { 'server.port': '1' } });
  expect(parseArguments(['doctor', '--help'])).toMatchObject({ action: 'help' });
});

test.each([
  [['--port', '9000'], 'Did you mean --server.port 9000?'],
  [['--port=9000'], 'Did you mean --server.port=9000?'],
  [['--host', '0.0.0.0'], 'Did you mean --server.host 0.0.0.0?'],
  [['--server-port=1'], 'Did you mean --server.port=1?'],
  [['--log-level', 'debug'], 'Did you mean --log.level debug?'],
  [['--print_config'], 'Did you mean --print-config?'],
  [['--halp'], 'Did you mean --help?'],
  [['--cofnig', 'a.toml'], 'Did you mean --config a.toml?'],
  [['--something-else'], "There is no flag '--something-else'."],
  [['serve'], 'Without a command it serves.'],
  [['docter'], "Did you mean 'doctor'?"],
  [['createkey', 'alice'], "Did you mean 'create-key'?"],
  [['server.port=1'], 'Did you mean --server.port=1?'],
])('%j is answered with what may be meant', (argv, answer) => {
  expect(() => parseArguments(argv)).toThrow(answer);
});

test.each([
  [['--sevrer.port=1']],
  [['--server.port']],
  [['--help=1']],
  [['serve']],
  [['create-key']],
  [['create-key', 'alice', 'bob']],
  [['doctor', 'now']],
  [['doctor', '--print-config']],
])('refuses %j and points to the help', (argv) => {
  expect(() => parseArguments(argv)).toThrow(SettingsError);
  expect(() => parseArguments(argv)).toThrow(/--help/);
});
