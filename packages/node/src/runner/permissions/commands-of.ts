import { forEachChild, parse, type Command, type Redirection, type SyntaxNode } from 'unbash';

/** What may stand around commands: nothing that asks or runs anything by itself. */
const lists: ReadonlySet<string> = new Set([
  ...['Script', 'Statement', 'AndOr', 'Pipeline', 'Negation', 'CompoundList', 'Subshell', 'BraceGroup', 'Redirected'],
  ...['If', 'Elif', 'For', 'While'],
]);
const leaves: ReadonlySet<string> = new Set(['Command', 'Word', 'Redirect', 'HereDoc', 'HereString']);

/** More than anyone writes; to read them takes the square of the time. */
const maxSubstitutions = 1000;

/**
 * The simple commands that a line of Bash runs, those of substitutions too, each as it is written there; without redirections that
 * only join or drop its output. Undefined when it can't be told for sure.
 */
export function commandsOf(source: string): string[] | undefined {
  const commands: string[] = [];
  let isSure = true;

  function visit(node: SyntaxNode, isInLeaf: boolean): void {
    if (node.type === 'Script') {
      if ((node.errors?.length ?? 0) > 0) isSure = false;
    } else if ((node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution') && node.script === undefined) isSure = false;
    else if (mayRunText(node)) isSure = false;
    else if (!isInLeaf && !lists.has(node.type) && !leaves.has(node.type)) isSure = false;
    if (node.type === 'Command') commands.push(textOf(node, source));
    const isLeaf = node.type !== 'Script' && (isInLeaf || leaves.has(node.type));
    forEachChild(node, (child) => visit(child, isLeaf));
  }

  if (source.split(/\$\(|`|[<>]\(|<</).length > maxSubstitutions) return undefined;
  try {
    visit(parse(source), false);
  } catch {
    return undefined;
  }
  return isSure ? commands : undefined;
}

/**
 * Whether Bash takes for code what a variable holds: where it counts, it runs the `$(...)` in the index of `a[$(...)]`. And whether
 * variables are set, such as PATH, by which commands are other ones.
 */
function mayRunText(node: SyntaxNode): boolean {
  if (node.type === 'ArithmeticExpansion') return true;
  if (node.type === 'For') return !/^[a-z\d]+$/.test(node.name.text);
  if (node.type !== 'ParameterExpansion') return false;
  const { prefix, index, operation } = node;
  if (prefix === '!' || index !== undefined) return true;
  if (operation === undefined || operation.type === 'Remove' || operation.type === 'Replace') return false;
  return operation.type !== 'Default' || operation.operator.endsWith('=');
}

function textOf(command: Command, source: string): string {
  let text = '';
  let from = command.pos;
  for (const redirect of command.redirects.filter(isHarmless)) {
    text += source.slice(from, redirect.pos);
    from = redirect.end;
  }
  return (text + source.slice(from, command.end)).trim();
}

/** `2>&1` and `>/dev/null`: they reach no file. */
function isHarmless(redirect: Redirection): boolean {
  if (redirect.type !== 'Redirect' || redirect.target === undefined) return false;
  const isJoin = redirect.operator === '>&' || redirect.operator === '<&';
  return isJoin ? /^\d$/.test(redirect.target.text) : redirect.target.text === '/dev/null';
}
