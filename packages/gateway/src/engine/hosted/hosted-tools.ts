import type { ExchangeFold } from '../../conversations/fold-answer.ts';
import type { McpConnectOptions, McpResult, McpTool } from '../../ports/mcp-connector.ts';
import type { JsonObject, Tool } from '../../turn/tool.ts';
import type { Turn } from '../../turn/turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import type { TurnPlan } from '../plan-turn.ts';

/** A tool of a server that the request names. */
export interface HostedTool {
  readonly server: string;
  /** As the server calls it. */
  readonly name: string;
  /** Whether the caller is asked before each call. */
  readonly needsApproval: boolean;
}

/** A server, with the tools that there are for the model. */
export interface ListedServer {
  readonly label: string;
  readonly tools: readonly McpTool[];
}

/** The tools of a turn that the gateway itself calls. */
export interface HostedTools {
  /** As the model sees them. */
  readonly tools: readonly Tool[];
  /** The tools of all servers, by the names that the model knows. */
  readonly known: ReadonlyMap<string, HostedTool>;
  readonly servers: readonly ListedServer[];
  /** Calls a tool by the name that the model knows. What fails is a result too; only an abort throws. */
  call(name: string, input: JsonObject, signal: AbortSignal): Promise<McpResult>;
  close(): Promise<void>;
}

export interface RunHostedOptions {
  /** The most calls that are made; then the model must do without. Default: 100. */
  readonly maxCalls: number | undefined;
  readonly run: (turn: Turn) => AsyncIterable<TurnEvent>;
  readonly signal: AbortSignal;
}

/** A request whose servers are connected to. */
export interface HostedPlan {
  /** The plan with the tools of its servers among the others. */
  readonly plan: TurnPlan;
  readonly hosted: HostedTools;
  /** Makes the fold of what such a turn adds to its conversation. */
  readonly foldExchange: () => ExchangeFold;
  /**
   * Runs a turn with these tools, to who hears it as one turn.
   *
   * @throws {GatewayError} What fails a turn; once a call has been made, clients are told not to try again by themselves.
   */
  run(turn: Turn, options: RunHostedOptions): AsyncIterable<TurnEvent>;
}

/** What calls the tools of servers that requests name. */
export interface McpHosting {
  /**
   * Connects to the servers that a request names, and offers the model their tools.
   *
   * @throws {GatewayError} 400 for what can't be offered so, or for a choice of a tool that is not there, 424 for a server that fails.
   */
  open(plan: TurnPlan, options: McpConnectOptions): Promise<HostedPlan>;
}
