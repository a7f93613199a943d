import type { GatewayState } from '@claude-code-api/gateway';
import { withinTime } from '@claude-code-api/gateway/runner-kit';
import type { RunnerState } from '../runner/process/runner-insight.ts';

export interface WatchedState {
  readonly turns: GatewayState['turns'];
  /** Undefined without a runner, and when it does not tell. */
  readonly runner: RunnerState | undefined;
}

/** Asks the gateway and the runner how they are. It never fails. */
export interface StateWatch {
  watchGateway(read: () => GatewayState): void;
  watchRunner(read: () => Promise<RunnerState>): void;
  read(): Promise<WatchedState>;
  /** Asks nobody any more. */
  close(): void;
}

const limitMs = 2000;
const noTurns: GatewayState['turns'] = { running: 0, queued: 0 };

export function createStateWatch(): StateWatch {
  let readGateway: (() => GatewayState) | undefined;
  let readRunner: (() => Promise<RunnerState>) | undefined;

  function turns(): GatewayState['turns'] {
    try {
      return readGateway?.().turns ?? noTurns;
    } catch {
      return noTurns;
    }
  }

  async function runner(): Promise<RunnerState | undefined> {
    try {
      return readRunner && (await withinTime(readRunner(), limitMs));
    } catch {
      return undefined;
    }
  }

  return {
    watchGateway(read) {
      readGateway = read;
    },
    watchRunner(read) {
      readRunner = read;
    },
    async read() {
      const state = await runner();
      return { turns: turns(), runner: state };
    },
    close() {
      readGateway = undefined;
      readRunner = undefined;
    },
  };
}
