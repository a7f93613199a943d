/** Tools that the API defines and the caller runs. */
export type HostKind = 'local_shell' | 'shell' | 'apply_patch' | 'tool_search';

/** A tool of the caller's as the caller knows it; to Claude it is a tool that takes an object. */
export interface GivenTool {
  /** `custom` takes a text. */
  readonly kind: 'function' | 'custom' | HostKind;
  readonly name: string;
  /** The group that the tool is in, whose names are its own. */
  readonly namespace?: string;
}
