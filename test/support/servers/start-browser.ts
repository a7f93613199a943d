import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
// A container has no sandbox of its own to give; and nothing is to be asked of the network but the page.
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const quietFlags = ['--disable-component-update', '--disable-sync'];

/**
 * Starts a real browser without a window, for the caller to close.
 *
 * @throws {Error} When there is no Chromium or Chrome on the PATH.
 */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(`There is no ${names.join(' or ')} on the PATH: apt-get install chromium`);
  return chromium.launch({ executablePath, headless: true, args: [...flags, ...quietFlags] });
}

function findBrowser(): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return names.flatMap((name) => directories.map((directory) => join(directory, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
