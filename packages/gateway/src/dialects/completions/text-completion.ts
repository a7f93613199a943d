import { textOf, type TurnAnswer } from '../../turn/fold-turn.ts';
import type { TurnEndReason, TurnEvent } from '../../turn/turn-event.ts';
import { addUsage, noUsage } from '../../turn/usage.ts';
import { type CompletionIdentity, systemFingerprint } from '../openai/completion-identity.ts';
import { inPieces, type JsonWriter } from '../openai/openai-sse.ts';
import { openaiErrorBody } from '../openai/openai-error.ts';
import { toCompletionUsage } from '../openai/to-completion-usage.ts';

export interface TextForm extends CompletionIdentity {
  /** The model's name for chunks that are due before the model has answered. */
  readonly requestedModel: string;
  /** What is told of its prompt before a choice's own text; empty for nothing. */
  readonly echoed: (choice: number) => string;
  /** Whether a last chunk tells the usage; then every other chunk has `usage: null`. */
  readonly includeUsage: boolean;
}

const object = 'text_completion';

/** Makes one completion of turns that ran side by side. */
export function toTextCompletion(answers: readonly TurnAnswer[], { id, created, requestedModel, echoed }: TextForm): object {
  return {
    id,
    object,
    created,
    model: answers[0]?.model ?? requestedModel,
    system_fingerprint: systemFingerprint,
    choices: answers.map((answer, index) =>
      toChoice(index, `${echoed(index)}${textOf(answer, 'text')}`, toFinishReason(answer.end?.reason ?? 'end_turn')),
    ),
    usage: toCompletionUsage(answers.map(({ usage }) => usage).reduce(addUsage, noUsage)),
  };
}

/** Makes the chunks of one stream: of each choice what is echoed, then its text, then its end; the usage at the end. */
export function createTextWriter({ id, created, requestedModel, echoed, includeUsage }: TextForm): JsonWriter {
  const started = new Set<number>();
  let model = requestedModel;
  let usage = noUsage;

  function chunk(choices: readonly object[], told: object | null = null): string {
    const head = { id, object, created, model, system_fingerprint: systemFingerprint };
    return JSON.stringify({ ...head, choices, ...(includeUsage && { usage: told }) });
  }

  function tell(index: number, text: string): string[] {
    const before = started.has(index) ? '' : echoed(index);
    started.add(index);
    return inPieces(before + text).flatMap((piece) => (piece === '' ? [] : [chunk([toChoice(index, piece)])]));
  }

  function write(event: TurnEvent, index: number): string[] {
    switch (event.type) {
      case 'turn-start':
        // Every chunk of a stream names the same model: once one is out, its name stays.
        if (started.size === 0) ({ model } = event);
        return [];
      case 'text-delta':
        return tell(index, event.text);
      case 'usage':
        usage = addUsage(usage, event.usage);
        return [];
      case 'turn-end':
        return [...tell(index, ''), chunk([toChoice(index, '', toFinishReason(event.reason))])];
      default:
        return [];
    }
  }

  return {
    write,
    idle: () => [chunk([toChoice(0, '')])],
    end: () => (includeUsage ? [chunk([], toCompletionUsage(usage))] : []),
    fail: (error) => [JSON.stringify(openaiErrorBody(error))],
  };
}

type FinishReason = 'stop' | 'length' | 'content_filter';

function toChoice(index: number, text: string, finishReason: FinishReason | null = null): object {
  return { text, index, logprobs: null, finish_reason: finishReason };
}

function toFinishReason(reason: TurnEndReason): FinishReason {
  if (reason === 'max_tokens' || reason === 'context_window') return 'length';
  return reason === 'refusal' ? 'content_filter' : 'stop';
}
