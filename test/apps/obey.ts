import { textReply, toolUseReply, type MessagesBody, type Reply } from '@claude-code-api/mock-anthropic';
import { toBlocks } from '../support/chat/last-messages.ts';

/** A model that does what it is told: runs a command, says what came of it, tells what a picture is, and else repeats what was said. */
export function obey({ body }: { readonly body: MessagesBody }): Reply {
  const last = toBlocks(body.messages.at(-1));
  const results = last.filter(({ type }) => type === 'tool_result');
  if (results.length > 0) return textReply(['It ', 'says: ', JSON.stringify(results.map(({ content }) => content))]);
  const asked = last.flatMap(({ text }) => text ?? []).at(-1) ?? '';
  const [, command] = /run (echo [^"\n]*)/.exec(asked) ?? [];
  if (command !== undefined) {
    const name = body.tools?.map((tool) => tool.name).find((each) => /^(bash|run_commands)$/i.test(each)) ?? 'bash';
    const input = name === 'run_commands' ? { commands: [command] } : { command, description: 'Runs it.' };
    return toolUseReply([{ id: `toolu_${Date.now()}`, name, input }]);
  }
  const image = last.find(({ type }) => type === 'image');
  if (image !== undefined) return textReply(['That is ', 'an image of type ', String(image.source?.['media_type'])]);
  return textReply(['You ', 'said: ', asked]);
}
