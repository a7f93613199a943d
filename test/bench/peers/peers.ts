/**
 * Prints this gateway beside others that a user would take instead, on this machine, with the same CLI, the same stand-in for the API and the same
 * requests, in turns. What can't be had here is left out, with the reason.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMockAnthropic, textReply, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { sayLoad, watchMachine } from '../machine-load.ts';
import { median } from '../median.ts';
import { gateways } from './gateways.ts';
import { measureGateway, type Measured } from './measure-gateway.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';

const rounds = Number(process.env['BENCH_SAMPLES'] ?? 5);
/** As long is left between two gateways, for what they do by themselves. */
const pauseMs = 1500;

interface Contender {
  readonly title: string;
  readonly mock: MockAnthropic;
  readonly running: RunningGateway;
  readonly measured: Measured[];
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const directory = mkdtempSync(join(tmpdir(), 'bench-peers-'));
const contenders: Contender[] = [];
const toLoad = await watchMachine();
try {
  for (const [index, gateway] of gateways.entries()) {
    const mock = await startMockAnthropic();
    mock.replyWith(({ body }) => {
      const calls = body.tools?.some(({ name }) => name === 'look_up') === true && !JSON.stringify(body.messages).includes('tool_result');
      return calls
        ? toolUseReply([{ id: `toolu_peer_${mock.requests.length}`, name: 'look_up', input: {} }])
        : textReply(['Here ', 'it is.']);
    });
    try {
      const installed = gateway.install(join(directory, `${index}`));
      const running = await startGateway(installed, mock.url);
      contenders.push({ title: `${gateway.name} ${installed.version}`, mock, running, measured: [] });
      console.log(`${gateway.name} ${installed.version}; settings: ${gateway.settings}`);
    } catch (error) {
      console.log(`${gateway.name}: left out. ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
      await mock.close();
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { running, mock, measured } of contenders) {
      await sleep(pauseMs);
      measured.push(await measureGateway(running.url, mock, round));
    }
  }
  await sleep(pauseMs);
  const memory = await Promise.all(contenders.map(({ running }) => running.memory()));
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['first token, new conversation', middles('firstTokenNewMs', ms)],
    ['first token, follow-up by resent history', middles('firstTokenFollowUpMs', ms)],
    ['whole turn, not streamed', middles('wholeTurnMs', ms)],
    ['8 new conversations at once, until all have ended', middles('eightAtOnceMs', ms)],
    ["a tool's round trip: its call, and the answer to its result", middles('toolRoundTripMs', ms)],
    ['characters of JSON that the API gets for "Hello"', middles('promptCharacters', String)],
    ['messages that the API gets of a follow-up of three', middles('followUpMessages', String)],
    ['memory afterwards, at rest, with all processes', memory.map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`)],
  ];
  console.log(
    `\nClaude Code ${newestCli.version}, Node ${process.version}, ${availableParallelism()} cores, medians of ${rounds}. ${sayLoad(await toLoad())}\n`,
  );
  console.log(`| | ${contenders.map(({ title }) => title).join(' | ')} |\n| --- |${' --- |'.repeat(contenders.length)}`);
  for (const [name, cells] of rows) console.log(`| ${name} | ${cells.join(' | ')} |`);
} finally {
  for (const { running, mock } of contenders) {
    await running.close();
    await mock.close();
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

function middles(field: keyof Measured, toText: (value: number) => string): string[] {
  return contenders.map(({ measured }) => {
    const values = measured.flatMap((each) => each[field] ?? []);
    return values.length < measured.length / 2 ? 'not possible' : toText(median(values));
  });
}
