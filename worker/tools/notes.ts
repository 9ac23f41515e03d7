import { type Memory, memoryFolders, openMemory } from '../../activities/tools/kept/notes.ts';

/** The notes of a project and of its user, as agents keep them. */
export const openNotes = (project: string): Memory => openMemory(memoryFolders(project));
