// An upload that was interrupted by closing the page, to be taken up when the same file is chosen.

import { forget, recall, remember } from '../ui/storage.ts'

interface Unfinished {
  location: string
  name: string
  size: number
  lastModified: number
  savedAt: number
}

const KEY = 'upload'
/** The server drops an upload after an hour without a chunk. */
const FORGET_AFTER_MS = 3_600_000

export function rememberUpload(file: File, location: string): void {
  const { name, size, lastModified } = file
  remember(KEY, { location, name, size, lastModified, savedAt: Date.now() } satisfies Unfinished)
}

/** Where the upload of this very file was going, if the server can still know it. */
export function unfinishedUpload(file: File): string | null {
  const kept = recall(KEY) as Unfinished | null
  const same = kept?.name === file.name && kept.size === file.size && kept.lastModified === file.lastModified
  return kept && same && Date.now() - kept.savedAt < FORGET_AFTER_MS ? kept.location : null
}

export function forgetUpload(): void {
  forget(KEY)
}
