import type { BlockParam, MessageParam, MockAnthropic } from '@claude-code-api/mock-anthropic';

/** What the newest request to the mock has last: the blocks of its last message. */
export function lastBlocks(mock: MockAnthropic): readonly BlockParam[] {
  return toBlocks(mock.messages().at(-1)?.body.messages.at(-1));
}

/** The roles of the newest request's messages. */
export function lastRoles(mock: MockAnthropic): string[] {
  return (
    mock
      .messages()
      .at(-1)
      ?.body.messages.map(({ role }) => role) ?? []
  );
}

/** A message's content as blocks. */
export function toBlocks(message: MessageParam | undefined): readonly BlockParam[] {
  const content = message?.content ?? [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
