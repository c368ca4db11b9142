// Which rendition a video begins with. hls.js decides about every later segment.

import type { Opening } from './data.ts'

/** Of a player, in pixels. */
export interface Size { width: number, height: number }

/** Part of the estimated rate that a rendition may need at its peak: the estimate is old, or a guess. */
const USABLE_SHARE = 0.7

/**
 * The best rendition that the connection is thought to carry and whose pixels the player can show; the
 * smallest, when even that is too much. `openings` begin with the smallest; a size of 0 is not known.
 */
export function firstRendition(
  openings: readonly Opening[], player: Size, estimateBps: number
): Opening | null {
  const filling = openings.findIndex(({ width, height }) => width >= player.width || height >= player.height)
  const useful = filling < 0 || player.width === 0 ? openings : openings.slice(0, filling + 1)
  return useful.filter(({ bandwidthBps }) => bandwidthBps <= estimateBps * USABLE_SHARE).at(-1) ?? openings[0] ?? null
}
