const meanings: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed to read or write',
  EBUSY: 'it is in use, or a mount of its own',
  EXDEV: 'it is on another file system',
  EFBIG: 'the file would be too large',
  ETXTBSY: 'the file is a program that is running',
  E2BIG: 'the arguments are too long together',
};

export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The system's refusal in words, or undefined for an error that is not the system's. */
export const explainErrno = (error: unknown): string | undefined => {
  const code = errnoOf(error);
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return undefined;
  // The system's own words name paths that the model did not give.
  const words = 'path' in error ? `the system refused to ${error.syscall} it` : error.message;
  return `${meanings[code] ?? words} (${code})`;
};
