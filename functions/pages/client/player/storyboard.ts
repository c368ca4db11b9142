// Which picture of the sprite sheet belongs to a moment.

import type { Sprites } from './data.ts'

export interface Cell { x: number, y: number }

/** Upper left corner, in the sheet's pixels, of the sprite shown at `seconds`. */
export function cellAt(sheet: Sprites, seconds: number): Cell {
  const columns = Math.max(1, Math.floor(sheet.totalWidth / sheet.spriteWidth))
  const rows = Math.max(1, Math.floor(sheet.totalHeight / sheet.spriteHeight))
  const index = Math.floor(Math.max(0, seconds) / Math.max(sheet.spriteDurationSecs, 0.001))
  const cell = Math.min(index, columns * rows - 1)
  return { x: cell % columns * sheet.spriteWidth, y: Math.floor(cell / columns) * sheet.spriteHeight }
}
