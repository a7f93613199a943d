import { constants } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, sep } from 'node:path';
import { GatewayError, type MediaLimits } from '@claude-code-api/gateway';
import { isWithin } from '../runner/profile/paths.ts';
import { privateName } from '../runner/process/private-directory.ts';

export interface LocalFileReaderOptions {
  /** The directories, and all below them, that callers may name files of. */
  readonly directories: readonly string[];
  /** Absolute paths that nobody may name, nor anything below them, whatever directory holds them. */
  readonly protectedPaths: readonly string[];
}

/**
 * Reads files, as base64, that callers name by an absolute path: from the given directories only, and nothing that is protected. It counts where a
 * file really is, whatever links say. This is the one way to a file for every part of every kind of request.
 *
 * @throws {GatewayError} 400 for a file that may not be read, is not there, or is too large.
 */
export function createLocalFileReader(options: LocalFileReaderOptions): (path: string, limits: MediaLimits) => Promise<string> {
  async function mayBeRead(file: string): Promise<boolean> {
    const roots = await Promise.all(options.directories.map(realOf));
    const kept = await Promise.all(options.protectedPaths.map(realOf));
    return (
      roots.some((root) => root !== file && isWithin(file, root)) &&
      ![...options.protectedPaths, ...kept].some((path) => isWithin(file, path)) &&
      !file.split(sep).some((name) => privateName.test(name))
    );
  }

  return async (path, { maxBytes, signal }) => {
    signal.throwIfAborted();
    // One answer for what is not there and what is not allowed: callers learn nothing of the rest of the disk.
    const named = isAbsolute(path) ? await realpath(path).catch(() => undefined) : undefined;
    // Looked at before it is opened, which some devices and pipes would take for use.
    if (named === undefined || !(await mayBeRead(named)) || !(await lstat(named).catch(() => undefined))?.isFile()) throw notReadable();
    const handle = await open(named, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(() => undefined);
    if (handle === undefined) throw notReadable();
    try {
      // And once more when it is open: links and directories may have been changed in between.
      const opened = await placeOf(handle, named);
      const status = await handle.stat();
      if (opened === undefined || !(await mayBeRead(opened)) || !status.isFile()) throw notReadable();
      if (status.size > maxBytes) throw invalid(`The file has ${status.size} bytes, and there is room for ${maxBytes} in this request.`);
      // No more than that: a file may grow while it is read.
      const bytes = Buffer.alloc(status.size);
      const { bytesRead } = await handle.read(bytes, 0, status.size, 0);
      return bytes.toString('base64', 0, bytesRead);
    } finally {
      await handle.close();
    }
  };
}

/** Where an open file is. Linux tells it of the handle itself; elsewhere the path must still lead to the same file. */
async function placeOf(handle: FileHandle, path: string): Promise<string | undefined> {
  const place = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realOf(path));
  const [opened, found] = await Promise.all([handle.stat({ bigint: true }), lstat(place, { bigint: true }).catch(() => undefined)]);
  return found !== undefined && found.dev === opened.dev && found.ino === opened.ino ? place : undefined;
}

/** The path without links; a path at which nothing is stays as it is. */
function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function notReadable(): GatewayError {
  return invalid(
    'The file can not be read: paths are absolute, and lie in a directory that the operator has opened (file_access.additional_dirs).',
  );
}

function invalid(message: string): GatewayError {
  return new GatewayError(message, { status: 400, code: 'invalid_value' });
}
