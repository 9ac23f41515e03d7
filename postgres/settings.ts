import { accessSync, constants, statfsSync } from 'node:fs';

/** The first server's settings: one small stack on one machine. Passed on the command line, so edits apply at the next start. */
export const serverSettings: Record<string, string> = {
  // Nobody but this machine, and no socket file whose folder others could reach.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',

  // Workers, API and supervisor hold small pools; tests open one database per file.
  max_connections: '100',
  // The working set is the last turns of a few sessions; the rest is in the page cache.
  shared_buffers: '64MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '1GB',

  // Queries are short and indexed: parallel workers and compiled plans cost more than they save.
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '2',
  jit: 'off',
  // Three idle I/O processes less.
  io_method: 'sync',

  // No replica reads this log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',

  // Rows of deltas come and go in thousands: clean them before the table grows.
  autovacuum_vacuum_scale_factor: '0.05',
  autovacuum_naptime: '20s',

  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Docker's default, which other programs in the container share. */
const scarceBytes = 64 * 1024 * 1024;

/**
 * Segments that grow while the server runs are kept in /dev/shm. Without it, or with little room there, they are files
 * of the data folder: any container has that.
 */
export const sharedMemorySettings = (folder = '/dev/shm'): Record<string, string> => {
  if (process.platform !== 'linux') return {};
  return { dynamic_shared_memory_type: hasRoom(folder) ? 'posix' : 'mmap' };
};

const hasRoom = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > scarceBytes;
  } catch {
    return false;
  }
};

/** For tests only: a power cut may lose everything, which makes commits cost nothing. */
export const fragileSettings: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

export const asFlags = (settings: Record<string, string>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
