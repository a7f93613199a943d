import { GatewayError } from '../gateway-error.ts';
import { turnFields, type TurnField } from '../turn/turn.ts';

/** An error about a field of the turn with the request's own name for it; anything else as it is. */
export function withOwnNames(thrown: unknown, nameOf: (field: TurnField) => string): unknown {
  const field = GatewayError.isInstance(thrown) ? turnFields.find((each) => each === thrown.param) : undefined;
  if (!GatewayError.isInstance(thrown) || field === undefined) return thrown;
  const name = nameOf(field);
  if (name === field) return thrown;
  return thrown.with({ param: name, message: thrown.message.replaceAll(`'${field}'`, `'${name}'`) });
}
