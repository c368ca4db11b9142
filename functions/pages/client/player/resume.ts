// Where the viewer stopped, per video, in this browser alone.

import { recall, remember } from '../ui/storage.ts'

type Positions = Record<string, [seconds: number, savedAt: number]>

const KEY = 'positions'
/** Videos remembered; the one watched longest ago goes first. */
const VIDEOS_MAX = 200
/** The first and last stretch of a video that are not worth returning to. */
const EDGE_SECS = 5
const EDGE_SHARE = 0.05

/** Whether a position lies far enough from both ends to be resumed. */
export function isWorthResuming(seconds: number, durationSecs: number): boolean {
  const edge = Math.min(EDGE_SECS, durationSecs * EDGE_SHARE)
  return seconds > edge && seconds < durationSecs - edge
}

export function resumePosition(uuid: string, durationSecs: number): number {
  const seconds = read()[uuid]?.[0] ?? 0
  return isWorthResuming(seconds, durationSecs) ? seconds : 0
}

export function savePosition(uuid: string, seconds: number, durationSecs: number): void {
  const positions = read()
  if (isWorthResuming(seconds, durationSecs)) {
    positions[uuid] = [Math.round(seconds * 10) / 10, Date.now()]
  } else {
    delete positions[uuid]
  }
  const kept = Object.entries(positions).sort(([, a], [, b]) => b[1] - a[1]).slice(0, VIDEOS_MAX)
  remember(KEY, Object.fromEntries(kept))
}

function read(): Positions {
  const value = recall(KEY)
  return typeof value === 'object' && value !== null ? value as Positions : {}
}
