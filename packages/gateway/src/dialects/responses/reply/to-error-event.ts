import type { GatewayError } from '../../../gateway-error.ts';
import { openaiErrorBody } from '../../openai/openai-error.ts';
import type { ErrorEvent } from './stream-event.ts';

export function toErrorEvent(given: GatewayError): ErrorEvent {
  const { error } = openaiErrorBody(given);
  const { code, message, param } = error;
  return { type: 'error', code, message, param, error };
}
