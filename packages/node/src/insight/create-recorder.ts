import type { Insight, TurnFacts } from '@claude-code-api/gateway';
import type { Instruments } from './instruments.ts';
import { createLabelSets, createLabelValues, otherValue } from './labels.ts';
import type { RunnerInsight } from '../runner/process/runner-insight.ts';

export type Recorder = Pick<Insight, 'requestEnded' | 'turnEnded'> &
  Pick<RunnerInsight, 'processStarted' | 'processFailed' | 'turnRetried' | 'toolDenied'>;

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts what it is told, with a bounded number of series. A metric without a caller, a model or a profile has an empty label. */
export function createRecorder(instruments: Instruments): Recorder {
  const toRoute = createLabelValues();
  const toKey = createLabelValues();
  const toModel = createLabelValues();
  const toProfile = createLabelValues();
  const toError = createLabelValues();
  const toTool = createLabelValues();
  const requestLabels = createLabelSets<'route' | 'method' | 'status' | 'outcome' | 'key'>({ route: otherValue, key: otherValue });
  const modelLabels = createLabelSets<'route' | 'model' | 'profile' | 'streamed'>({ model: otherValue, profile: otherValue });
  const turnLabels = createLabelSets<'model' | 'profile' | 'key'>({ model: otherValue, profile: otherValue, key: otherValue });
  const toolLabels = createLabelSets<'profile' | 'tool'>({ profile: otherValue, tool: otherValue });

  function countUsage({ usage, costUsd }: TurnFacts, labels: { readonly model: string; readonly key: string }): void {
    const { model, key } = labels;
    instruments.tokens.inc({ kind: 'input', model, key }, toAmount(usage.inputTokens));
    instruments.tokens.inc({ kind: 'cache_read', model, key }, toAmount(usage.cacheReadTokens));
    instruments.tokens.inc({ kind: 'cache_write', model, key }, toAmount(usage.cacheWriteTokens));
    instruments.tokens.inc({ kind: 'output', model, key }, toAmount(usage.outputTokens));
    instruments.tokens.inc({ kind: 'reasoning', model, key }, toAmount(usage.reasoningTokens));
    if (costUsd !== undefined) instruments.cost.inc({ model, key }, toAmount(costUsd));
  }

  return {
    requestEnded(facts) {
      const route = toRoute(facts.route);
      const method = methods.has(facts.method) ? facts.method : otherValue;
      const status = String(facts.status);
      instruments.requests.inc(requestLabels({ route, method, status, outcome: facts.outcome, key: toKey(facts.caller) }));
      instruments.requestDuration.observe({ route }, toAmount(facts.durationMs) / 1000);
      if (facts.firstTokenMs !== undefined) instruments.firstToken.observe(toAmount(facts.firstTokenMs) / 1000);
      if (facts.error !== undefined) instruments.requestErrors.inc({ error: toError(facts.error) });
      if (facts.cache !== undefined) instruments.cache.inc({ outcome: facts.cache });
      if (facts.model !== undefined) {
        const profile = toProfile(facts.profile);
        instruments.modelRequests.inc(modelLabels({ route, model: toModel(facts.model), profile, streamed: String(facts.streamed) }));
      }
    },
    turnEnded(facts) {
      const labels = turnLabels({ model: toModel(facts.model), profile: toProfile(facts.profile), key: toKey(facts.caller) });
      instruments.turns.inc({ ...labels, outcome: facts.outcome });
      instruments.queue.observe(toAmount(facts.queuedMs) / 1000);
      countUsage(facts, labels);
    },
    processStarted() {
      instruments.processesStarted.inc();
    },
    processFailed(kind) {
      instruments.processesFailed.inc({ kind });
    },
    turnRetried(reason) {
      instruments.turnsRetried.inc({ reason });
    },
    toolDenied(profile, tool) {
      instruments.toolsDenied.inc(toolLabels({ profile: toProfile(profile), tool: toTool(tool) }));
    },
  };
}

/** A counter can't take what is below 0, as a time is when a clock was set back, or no number. */
function toAmount(value: number): number {
  return Number.isFinite(value) && value > 0 ? value : 0;
}
