/** What the private directory of a server is called: its process, and the machine or container that has this process. */
export const privateName = /^claude-code-api-(\d+)-([0-9a-f]{8})-\w{6}$/;
