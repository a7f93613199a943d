import { expect, test } from 'vitest';
import { inlineParts } from './inline-parts.ts';

const files: Readonly<Record<string, string>> = {
  './page.html':
    '<link rel="stylesheet" href="./a.css" /><script src="library/x.js"></script><script type="module" src="./page/main.js"></script>',
  './a.css': 'a {}\n',
  'library/x.js': 'x();\n//# sourceMappingURL=x.js.map\n',
  './page/main.js': "import { one } from '../shared/one.js';\nimport {\n  two,\n} from './two.js';\none(two);\n",
  './page/two.js': "import { one } from '../shared/one.js';\nexport const two = one(2);\n",
  './shared/one.js': 'export function one($1) {}\n',
  './ends.html': '<script src="library/ends.js"></script>',
  'library/ends.js': 'say("</script>")',
};
const read = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error(path);
  return text;
};

test('a page has all that it names in it, modules with what they import before them, and each once', () => {
  expect(inlineParts('./page.html', read)).toBe(
    '<style>\na {}\n</style><script>\nx();\n\n</script>' +
      '<script type="module">\nfunction one($1) {}\nconst two = one(2);\none(two);\n</script>',
  );
});

test('a script that would end its element is not taken', () => {
  expect(() => inlineParts('./ends.html', read)).toThrow('library/ends.js');
});
