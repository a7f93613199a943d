export const byId = (id) => document.getElementById(id);

/** Whatever the server says becomes text, never markup. */
export const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

export const make = (name, text, attributes = {}) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
};
