// hls.js's fragments as p2p-media-loader's segments.

import type { Fragment, Level, LevelDetails, MediaPlaylist } from 'hls.js'
import type { Segment } from 'p2p-media-loader-core'

import { streamIndex, streamName, type StreamType } from './names.ts'

/** What is read of hls.js. */
export interface Renditions {
  readonly levels: Level[]
  readonly audioTracks: MediaPlaylist[]
}

export interface SharedStream {
  /** Under which p2p-media-loader finds it again. */
  runtimeId: string
  type: StreamType
  index: string
  name: string
  segments: Segment[]
}

/** The stream that a fragment belongs to; `null` for one that viewers could take for another. */
export function streamOf(frag: Fragment, renditions: Renditions, uuid: string): SharedStream | null {
  const isSound = frag.type === 'audio'
  const details = isSound ? renditions.audioTracks[frag.level]?.details : renditions.levels[frag.level]?.details
  if (!details || details.live) return null
  const side = isSound ? 0 : sideOf(renditions.levels[frag.level])
  // Viewers of two renditions under one name would send each other what the other refuses.
  if (!isSound && renditions.levels.findIndex(level => sideOf(level) === side) !== frag.level) return null
  if (isSound && frag.level !== 0) return null
  const type = isSound ? 'secondary' : 'main'
  const index = streamIndex(side)
  return {
    runtimeId: `${type}/${frag.level}`, type, index, name: streamName(uuid, type, index), segments: segmentsOf(details)
  }
}

/** The smaller side of the picture in pixels, 0 without one. */
function sideOf(level: Level | undefined): number {
  return level ? Math.min(level.width || level.height, level.height) || 0 : 0
}

function segmentsOf({ fragments }: LevelDetails): Segment[] {
  return fragments.map((fragment, externalId) => ({
    runtimeId: segmentId(fragment),
    externalId,
    url: fragment.url,
    ...rangeOf(fragment),
    startTime: fragment.start,
    endTime: fragment.end
  }))
}

/** A segment's name within the page. */
export function segmentId(frag: Fragment): string {
  return `${frag.type}/${frag.level}/${frag.sn}`
}

function rangeOf({ byteRange: [start, end] }: Fragment): { byteRange?: { start: number, end: number } } {
  // hls.js ends a range with the byte after it.
  return start !== undefined && end !== undefined ? { byteRange: { start, end: end - 1 } } : {}
}
