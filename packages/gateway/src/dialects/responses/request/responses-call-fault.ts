import { badRequest } from '../../../bad-request.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import type { CallFault } from '../../../turn/find-call-fault.ts';

/** Says in OpenAI's words what is wrong with calls and outputs: in the request, or in the conversation that it goes on with. */
export function responsesCallFault(fault: CallFault): GatewayError {
  const place = fault.place ?? 'input';
  switch (fault.type) {
    case 'unanswered':
      return badRequest(`No tool output found for function call ${fault.ids.join(', ')}.`, 'input');
    case 'unexpected':
      return badRequest(`No tool call found for function call output with call_id ${fault.id}.`, place);
    case 'twice':
      return badRequest(`The call_id '${fault.id}' stands twice in one answer. Give every call an id of its own.`, place);
  }
}
