import { GatewayError } from '../gateway-error.ts';
import { protocolVersion } from './protocol.ts';

/** Why a machine could not do what it was asked, where another might. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
  /** What the caller is told where no other machine can do it. */
  readonly told: GatewayError;

  constructor(told: GatewayError) {
    super(told.message, { cause: told.cause });
    this.told = told;
  }

  static unreachable(cause?: unknown): MachineError {
    const message = 'The machine that runs Claude can not be reached. Please try again.';
    return new MachineError(new GatewayError(message, { status: 503, code: 'runner_unavailable', retryAfterSeconds: 5, cause }));
  }

  /** Before or in mid-answer. */
  static lost(cause?: unknown): MachineError {
    const message = 'The connection to the machine that runs Claude was lost. Please try again.';
    return new MachineError(new GatewayError(message, { status: 502, code: 'upstream_error', cause }));
  }

  /** It takes no request of this gateway's: what stands in the way is for the operator. */
  static refused(error: GatewayError): MachineError {
    return new MachineError(error.with({ status: 503, code: 'runner_unavailable', expose: false }));
  }

  /** @param version Null where none is told. */
  static otherVersion(version: string | null): MachineError {
    const what = version === null ? 'no machine of Claude Code API answers there' : `the machine speaks version ${version}`;
    const message = `This gateway speaks version ${protocolVersion} with machines, and ${what}. Install the same release on both.`;
    return new MachineError(new GatewayError(message, { status: 503, code: 'runner_unavailable', expose: false }));
  }

  static brokenProtocol(what: unknown): MachineError {
    const message = `The machine said what can't be read: ${what instanceof Error ? what.message : String(what)}`;
    return new MachineError(new GatewayError(message, { status: 502, code: 'upstream_error', expose: false, cause: what }));
  }
}
