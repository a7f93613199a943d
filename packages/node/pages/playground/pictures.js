import { make } from '../shared/dom.js';

const kinds = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const mostBytes = 5_000_000;

/** The pictures of the message that is being written: chosen, pasted or dropped; each with a button that takes it away. */
export function createPictures({ list, tell, changed }) {
  let chosen = [];

  function show() {
    list.hidden = chosen.length === 0;
    list.replaceChildren(...chosen.map(toItem));
    changed();
  }

  function toItem(picture) {
    const item = make('li');
    const remove = make('button', '×', { type: 'button', 'aria-label': `Remove ${picture.name}` });
    remove.addEventListener('click', () => {
      chosen = chosen.filter((other) => other !== picture);
      show();
    });
    item.append(toImage(picture), remove);
    return item;
  }

  return {
    urls: () => chosen.map(({ url }) => url),
    take(pictures = []) {
      const taken = chosen;
      chosen = pictures;
      show();
      return taken;
    },
    async add(files) {
      for (const file of files) {
        if (!kinds.has(file.type)) tell(`${file.name} is no picture that Claude takes: PNG, JPEG, GIF or WebP.`);
        else if (file.size > mostBytes) tell(`${file.name} is too large: a picture may have 5 MB.`);
        else
          await toDataUrl(file).then(
            (url) => (chosen = [...chosen, { name: file.name || 'picture', url }]),
            ({ message }) => tell(message),
          );
      }
      show();
    },
  };
}

export function toImage({ name, url }) {
  const image = make('img', undefined, { alt: name });
  image.src = url;
  return image;
}

function toDataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(new Error(`${file.name} can’t be read.`)));
    reader.readAsDataURL(file);
  });
}
