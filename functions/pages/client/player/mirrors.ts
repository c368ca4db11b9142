// Copies of the video: on other servers, and here of another server's.

import { fileName } from './hashes.ts'
import { IntegrityError, loadSegment, type SegmentRequest } from './segment.ts'

type Load = (request: SegmentRequest) => Promise<ArrayBuffer>

/**
 * Brings segments from wherever they are: from a copy on this page's own server first, from the origin, and
 * where that fails from other servers, for what has a published hash. A copy that fails once is asked no more.
 */
export class Mirrors {
  private readonly own: string[]
  private readonly others: string[]
  private readonly loadFrom: Load

  /** Folders of the copies; those of this server begin with a slash. */
  constructor(folders: string[], loadFrom: Load = loadSegment) {
    this.own = folders.filter(folder => folder.startsWith('/'))
    this.others = folders.filter(folder => !folder.startsWith('/'))
    this.loadFrom = loadFrom
  }

  async load(request: SegmentRequest): Promise<ArrayBuffer> {
    const copied = await this.loadCopy(this.own, request)
    if (copied) return copied
    try {
      return await this.loadFrom(request)
    } catch (error) {
      // What was changed on its way is not made good by asking elsewhere: somebody has to hear of it.
      if (request.hashes === null || error instanceof IntegrityError) throw error
      const found = await this.loadCopy(this.others, request)
      if (found) return found
      throw error
    }
  }

  private async loadCopy(folders: string[], request: SegmentRequest): Promise<ArrayBuffer | null> {
    for (const folder of [...folders]) {
      if (request.signal.aborted) return null
      try {
        return await this.loadFrom({ ...request, url: `${folder}/${encodeURIComponent(fileName(request.url))}` })
      } catch {
        if (!request.signal.aborted) folders.splice(folders.indexOf(folder), 1)
      }
    }
    return null
  }
}
