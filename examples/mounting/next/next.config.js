/** @type {import('next').NextConfig} */
export default {
  // They start processes and read files beside themselves: not to be bundled.
  serverExternalPackages: ['@claude-code-api/gateway', '@claude-code-api/node'],
  // Streams go out as they come.
  compress: false,
};
