/** The entry `@claude-code-api/gateway/remote-runner`: runs turns on other machines, and lets gateways run them on this one. */
export { addRunnerRoutes, type RunnerRoutesOptions } from './remote/add-runner-routes.ts';
export { createRemoteRunner, type RemoteRunner, type RemoteRunnerOptions } from './remote/create-remote-runner.ts';
export type { MachineReport } from './remote/known-machine.ts';
export { placeTurn, type MachineRoom, type Placement } from './remote/place-turn.ts';
export { protocolVersion, type Room } from './remote/protocol.ts';
