/* The reference: Swagger UI reads the document of the server that the page is from. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
follow();
dark.addEventListener('change', follow);

SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.getElementById('reference'),
  deepLinking: true,
  // The schemas stand where they are used.
  defaultModelsExpandDepth: -1,
  // It would send the document to another server.
  validatorUrl: null,
});
