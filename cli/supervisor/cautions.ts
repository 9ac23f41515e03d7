import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { memoryDisk, networkDisk } from '../../runtime/disks.ts';
import type { Folders } from './folders.ts';

export type Caution = { about: 'disk' | 'files'; found: string; todo: string };

const roomBytes = 1e9;

/** What a user should know of the places where the stack keeps its files, before something comes of it. */
export const cautionsOf = (folders: Folders): Caution[] => {
  const elsewhere: Caution[] =
    folders.root === path.join(folders.project, '.everturn')
      ? []
      : [
          {
            about: 'files',
            found: `kept in ${folders.root}`,
            todo: 'The project cannot be written, its path is too long, or EVERTURN_DATA is set; nothing needs to be done',
          },
        ];
  const data = realPlace(folders.postgres);
  return [...elsewhere, ...cautionsOfDisk(data)];
};

const cautionsOfDisk = (folder: string): Caution[] => {
  const { bavail, bsize, type } = statfsSync(folder);
  const free = bavail * bsize;
  const cautions: Caution[] = [];
  if (free < roomBytes) {
    const found = `${(free / 1e9).toFixed(1)} GB free in ${folder}`;
    cautions.push({ about: 'disk', found, todo: 'Make room: Postgres stops when the disk is full' });
  }
  const network = networkDisk(type);
  if (network !== null) {
    const todo =
      'Set EVERTURN_DATA to a folder on a local disk: Postgres and SQLite lose data where a network disk reorders or drops writes';
    cautions.push({ about: 'disk', found: `${folder} is on a network disk (${network})`, todo });
  }
  if (memoryDisk(type)) {
    const todo = 'Set EVERTURN_DATA to a folder on a disk, unless the data may go with the next restart of the machine';
    cautions.push({ about: 'disk', found: `${folder} is in memory (tmpfs)`, todo });
  }
  return cautions;
};

/** The nearest folder that is there. */
const realPlace = (folder: string): string => {
  let place = folder;
  while (!existsSync(place)) place = path.dirname(place);
  return place;
};
