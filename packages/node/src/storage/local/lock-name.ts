/** The file that says who uses a storage directory. */
export const lockName = '.lock';
