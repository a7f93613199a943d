import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { GatewayError } from '@claude-code-api/gateway';

export interface LocalFileReaderOptions {
  /** The directories, and all below them, that callers may name files of. */
  readonly directories: readonly string[];
  readonly maxBytes: number;
}

/** Reads files that callers name by an absolute path, from the given directories only, whatever links say. */
export function createLocalFileReader(options: LocalFileReaderOptions): (path: string) => Promise<Uint8Array<ArrayBuffer>> {
  return async (path) => {
    const file = isAbsolute(path) ? await realpath(path).catch(() => undefined) : undefined;
    const roots = await Promise.all(options.directories.map((directory) => realpath(directory).catch(() => undefined)));
    // One answer for what is not there and what is not allowed: callers learn nothing of the rest of the disk.
    if (file === undefined || !roots.some((root) => root !== undefined && isWithin(file, root))) throw notReadable();
    // Without waiting: a pipe with nobody at its other end must not hold the request.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
    if (handle === undefined) throw notReadable();
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw notReadable();
      if (status.size > options.maxBytes)
        throw invalid(`A file may have ${options.maxBytes} bytes at most, and this one has ${status.size}.`);
      // No more than that: a file may grow while it is read.
      const bytes = new Uint8Array(status.size);
      const { bytesRead } = await handle.read(bytes, 0, status.size, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  };
}

function isWithin(file: string, root: string): boolean {
  const path = relative(root, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function notReadable(): GatewayError {
  return invalid(
    'The file can not be read: paths are absolute, and lie in a directory that the operator has opened (file_access.additional_dirs).',
  );
}

function invalid(message: string): GatewayError {
  return new GatewayError(message, { status: 400, type: 'invalid_request_error', code: 'invalid_value' });
}
