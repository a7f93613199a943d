import { byId, setText } from '../shared/dom.js';
import { urlOf } from '../shared/server.js';
import { snippets } from './snippets.js';

const base = urlOf('.').href.replace(/\/$/, '');

/** Shows the request that would be sent as a program; what is copied is whole, what is shown has long pictures shortened. */
export function createCodeView(toBody) {
  const language = () => document.querySelector('#language input:checked').value;

  function show() {
    setText(byId('code'), snippets[language()](base, shorten(toBody())));
    setText(byId('copied'), '');
  }

  for (const element of document.querySelectorAll('[data-with-base]')) setText(element, base + element.dataset.withBase);
  byId('language').addEventListener('change', show);
  byId('copy').addEventListener('click', () => {
    const tell = (text) => setText(byId('copied'), text);
    // Without TLS, and not on this machine, a page has no clipboard.
    const copied = navigator.clipboard?.writeText(snippets[language()](base, toBody())) ?? Promise.reject(new Error('no clipboard'));
    void copied.then(
      () => tell('Copied'),
      () => tell('The browser did not let it be copied: select it above.'),
    );
  });
  return { show };
}

const longest = 120;

function shorten(value) {
  if (typeof value === 'string' && value.startsWith('data:') && value.length > longest) return `${value.slice(0, longest)}…`;
  if (Array.isArray(value)) return value.map(shorten);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shorten(each)]));
}
