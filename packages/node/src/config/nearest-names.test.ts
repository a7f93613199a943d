import { expect, test } from 'vitest';
import { listSettings } from './list-settings.ts';
import { nearestNames } from './nearest-names.ts';

const known = listSettings().map(({ key }) => key);

test.each([
  ['port', ['server.port']],
  ['host', ['server.host']],
  ['server.prot', ['server.port']],
  ['sevrer.port', ['server.port']],
  ['server-port', ['server.port']],
  ['Server.Port', ['server.port']],
  ['max-concurrent-sessions', ['claude.max_concurrent_sessions']],
  ['claude.comand', ['claude.command']],
  ['log-level', ['log.level']],
  ['cors_origin', ['server.cors_origins']],
  ['conversation.driver', ['storage.driver']],
  ['something-else-entirely', []],
  ['x', []],
])('%s may mean %j', (name, expected) => {
  expect(nearestNames(name, known)).toEqual(expected);
});
