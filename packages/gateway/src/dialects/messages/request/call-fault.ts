import { badRequest, type GatewayError } from '../../../gateway-error.ts';
import type { CallFault } from '../../../turn/find-call-fault.ts';

/** Says in Anthropic's words what is wrong with calls and results: in the request, or, without a place, in its conversation. */
export function messagesCallFault(fault: CallFault): GatewayError {
  const { place = 'messages' } = fault;
  switch (fault.type) {
    case 'unanswered':
      return badRequest(
        `${place}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${fault.ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
        place,
      );
    case 'twice':
      return badRequest(`${place}: \`tool_use\` ids must be unique, and '${fault.id}' stands there twice.`, place);
    case 'unexpected':
      return badRequest(
        `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${fault.id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        place,
      );
  }
}
