import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNamedByRule } from './is-named-by-rule.ts';

const isRun = (command: unknown, ...rules: string[]): boolean => isNamedByRule('Bash', { command }, rules);
const rules = ['Bash(git *)', 'Bash(npm test)', 'Bash(npm run:*)', 'Bash(make * all)', 'Read', 'WebFetch(domain:example.com)'];

describe('commands', () => {
  test.each([
    'git',
    'git status',
    'git commit -m "a; ps -ef && cat x | y > z"',
    "git commit -m 'a $(ps) `ps`'",
    'npm test',
    'npm test 2>&1',
    'npm test >/dev/null 2>&1',
    'npm test &',
    'npm run build -- --x',
    'make -j 4 all',
    'git add . && npm test',
    'git status; npm test\nnpm run lint',
    'git log | git shortlog',
    '(git status; npm test)',
    '{ git status; }',
    '! git diff --quiet',
    'if git diff --quiet; then npm test; else git status; fi',
    'for f in a b; do git add "$f"; done',
    'git add "${f:-a}" "${f%.ts}" "${#f}" "${f/a/b}"',
    'git commit -m "$(git status)"',
    'git commit -F - <<EOF\nps -ef\nEOF',
    'git log # and ps -ef',
    'git log > out.txt',
    'git "a\\" ; ps -ef; git "b',
  ])('%s is named', (command) => expect(isRun(command, ...rules)).toBe(true));

  test.each([
    'ps -ef',
    'pgrep -af node',
    'du -sh /',
    'test -f /etc/shadow',
    '[ -f /etc/shadow ]',
    '[[ -f /etc/shadow ]]',
    'ss -tlnp',
    'docker inspect x',
    'cat conf*/local.toml',
    'grep -r password .',
    'find . -exec cat {} +',
    'env',
    'gitx status',
    'git-status',
    'npm tests',
    'npm test extra',
    'npm runx',
    'git status; ps -ef',
    'git status && ps -ef',
    'git status || ps -ef',
    'git status | cat',
    'git status |& cat',
    'git status & ps -ef',
    'git status\nps -ef',
    'git status\r\nps -ef',
    'git commit -m "$(ps -ef)"',
    'git commit -m "`ps -ef`"',
    'git diff <(ps -ef) /dev/null',
    'git log > >(cat)',
    'git commit -F - <<EOF\n$(ps -ef)\nEOF',
    'git commit -F - <<< "$(ps -ef)"',
    'git commit -m "${X:-$(ps -ef)}"',
    'git log -n $(( $(ps | wc -l) ))',
    'git log "${a[$(ps)]}"',
    // What Bash counts it also runs, where it is the index of a list.
    "git log ${x:='a[$(ps)]'} $((x))",
    "for x in 'a[$(ps)]'; do git log $((x)); done",
    "for x in 'a[$(ps)]'; do git log $[x]; done",
    "for x in 'a[$(ps)]'; do git log ${HOME:x}; done",
    "for x in 'a[$(ps)]'; do git log ${a[x]}; done",
    "for x in 'a[$(ps)]'; do git log ${!x}; done",
    "for x in '$(ps)'; do git log ${x@P}; done",
    'git log <<EOF\n$((x))\nEOF',
    'for PATH in .; do git log; done',
    "for GIT_EDITOR in 'ps -ef #'; do git commit; done",
    "git log ${GIT_EDITOR:='ps -ef #'} ${GIT_EDITOR='ps -ef #'}",
    'git log '.concat('$('.repeat(1001)),
    'FOO=1 npm test',
    'GIT_PAGER="ps -ef" git log',
    'X=1',
    'X=$(ps -ef) git log',
    'time git status; ps',
    'timeout 5 ps',
    '(git status; ps)',
    '{ git status; ps; }',
    'if ps; then git status; fi',
    'while ps; do git status; done',
    'for f in $(ps); do git add $f; done',
    'case x in x) ps;; esac',
    'f() { ps; }; git status',
    'coproc ps',
    '(( a[$(ps)] ))',
    'git status "unclosed',
    'git status $(',
    "git status 'a' \"b' ; ps",
    "git $'a\\'' ; ps -ef #'",
    '\\git status',
    '"git" status',
    '{git,ps} status',
    '$X status',
    'npm test > out.txt',
    'npm test < /etc/shadow',
    'npm test 2>out.txt',
  ])('%s is not', (command) => expect(isRun(command, ...rules)).toBe(false));

  test('a rule for all commands names all', () => {
    for (const rule of ['Bash', 'Bash(*)', 'Bash()']) expect(isRun('ps -ef | $(x', rule)).toBe(true);
    expect(isRun('ps -ef')).toBe(false);
    expect(isRun('ps -ef', 'bash', 'Bashx', 'mcp__Bash', 'Bash(ps -ef', '(ps -ef)')).toBe(false);
    expect(isNamedByRule('Bash', {}, ['Bash(git *)'])).toBe(false);
    expect(isNamedByRule('Bash', { command: ['git'] }, ['Bash(git *)'])).toBe(false);
  });

  test('an asterisk after a backslash is one', () => {
    expect(isRun('ls *', String.raw`Bash(ls \*)`)).toBe(true);
    expect(isRun('ls a', String.raw`Bash(ls \*)`)).toBe(false);
  });

  test('whatever stands in single quotes runs nothing; whatever is put behind a command by an operator must be named', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isRun(`git log '${text.replaceAll(/['\0]/g, '')}'`, 'Bash(git *)')).toBe(true);
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(';', '&&', '||', '|', '&', '\n'),
        fc.constantFrom('ps', 'cat x', '$(git)', '`git`', 'a=git'),
        (operator, other) => {
          expect(isRun(`git log ${operator} ${other}`, 'Bash(git *)')).toBe(false);
          expect(isRun(`${other} ${operator} git log`, 'Bash(git *)')).toBe(false);
        },
      ),
    );
  });
});

test('addresses are named by their hosts', () => {
  const isFetched = (url: unknown, ...given: string[]): boolean => isNamedByRule('WebFetch', { url }, given);
  expect(isFetched('https://example.com/a', 'WebFetch(domain:example.com)')).toBe(true);
  expect(isFetched('https://EXAMPLE.com/a', 'WebFetch(domain:Example.com)')).toBe(true);
  expect(isFetched('https://a.example.com/', 'WebFetch(domain:*.example.com)')).toBe(true);
  for (const url of ['https://docs.python.org/', 'https://example.com.evil.org/', 'https://example.com@evil.org/', 'example.com', 7]) {
    expect(isFetched(url, 'WebFetch(domain:example.com)')).toBe(false);
  }
  expect(isFetched('https://docs.python.org/', 'WebFetch')).toBe(true);
});

test('other tools are named by any rule of theirs', () => {
  expect(isNamedByRule('Skill', {}, ['Skill(deploy)'])).toBe(true);
  expect(isNamedByRule('Skill', {}, ['Bash'])).toBe(false);
  expect(isNamedByRule('mcp__a-b__c', {}, ['mcp__a-b__c'])).toBe(true);
});
