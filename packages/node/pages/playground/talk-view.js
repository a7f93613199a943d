import { make, setText } from '../shared/dom.js';
import { createMarkdownView } from './markdown-view.js';
import { toImage } from './pictures.js';

/** What is said, in order: questions, and answers with what Claude thought and did. */
export function createTalkView(element) {
  const follow = followEnd(element);

  function add(kind, who) {
    const article = make('article', undefined, { class: kind, 'aria-label': who });
    article.append(make('p', who, { class: 'who' }));
    element.append(article);
    return article;
  }

  return {
    clear: () => element.replaceChildren(),
    question(text, pictures) {
      follow();
      const article = add('question', 'You');
      if (text !== '') article.append(make('p', text, { class: 'text' }));
      if (pictures.length > 0) {
        const row = make('div', undefined, { class: 'pictures' });
        row.append(...pictures.map(toImage));
        article.append(row);
      }
      return article;
    },
    answer: (model) => createAnswerView(add('answer', model)),
  };
}

/** Keeps the end in sight while it grows, until someone scrolls away from it. It gives what goes back there. */
function followEnd(element) {
  const slack = 40;
  let follows = true;
  const show = () => follows && element.childElementCount > 0 && element.scrollIntoView({ block: 'end' });
  document.addEventListener('scroll', () => (follows = element.getBoundingClientRect().bottom <= window.innerHeight + slack), {
    passive: true,
  });
  new ResizeObserver(show).observe(element);
  return () => {
    follows = true;
  };
}

/** One answer as it comes. Its parts follow one another as Claude began them. */
function createAnswerView(article) {
  const tools = new Map();
  const texts = [];
  let last;

  function part(kind, begin) {
    if (last?.kind !== kind) last = { kind, view: begin() };
    return last.view;
  }

  function text() {
    const view = createMarkdownView();
    article.append(view.element);
    texts.push(view);
    return view;
  }

  function thinking() {
    const details = make('details', undefined, { class: 'thinking' });
    const words = make('p', '');
    details.append(make('summary', 'Thinking'), words);
    article.append(details);
    return words;
  }

  return {
    article,
    text: () => texts.map((view) => view.text()).join(''),
    addText: (more) => part('text', text).add(more),
    addThinking: (more) => part('thinking', thinking).append(more),
    /** A piece of what is told of a tool: its beginning, more of what goes in or comes out, its end. */
    addActivity({ id, name, input, input_json: json, status, result }) {
      const tool = tools.get(id) ?? beginTool(name ?? 'tool', article);
      tools.set(id, tool);
      last = undefined;
      if (input !== undefined) tool.input.append(JSON.stringify(input, null, 2));
      if (json !== undefined) tool.input.append(json);
      if (result !== undefined) tool.result.append(result);
      tool.details.dataset.status = status;
      setText(tool.status, status);
    },
    addError({ message, code, requestId }) {
      const box = make('div', undefined, { class: 'notice', role: 'alert' });
      box.append(make('b', 'No answer. '), message);
      const facts = [code, requestId && `request ${requestId}`].filter(Boolean).join(' · ');
      if (facts !== '') box.append(make('p', facts, { class: 'small' }));
      article.append(box);
    },
    end(facts) {
      for (const view of texts) view.end();
      if (facts !== '') article.append(make('p', facts, { class: 'quiet small facts' }));
    },
  };
}

function beginTool(name, article) {
  const details = make('details', undefined, { class: 'tool' });
  const summary = make('summary');
  const status = make('span', 'running', { class: 'status' });
  summary.append(make('code', name), ' ', status);
  const [input, result] = [make('pre', '', { tabindex: '0' }), make('pre', '', { tabindex: '0' })];
  details.append(summary, make('p', 'Input', { class: 'quiet small' }), input, make('p', 'Result', { class: 'quiet small' }), result);
  article.append(details);
  return { details, status, input, result };
}
