// The curve of retention, as path data.

/** Which share of all viewers has seen a second of the video. */
export interface Point {
  second: number
  retentionPercent: number
}

/** The curve in a box of that size, as a line and as the area below it. 100 % is at the top. */
export function curveOf(points: Point[], width: number, height: number): { line: string, area: string } {
  const end = Math.max(1, points.at(-1)?.second ?? 1)
  const places = points.map(({ second, retentionPercent }) => {
    const share = Math.min(100, Math.max(0, retentionPercent)) / 100
    return `${round(width * second / end)} ${round(height * (1 - share))}`
  })
  const line = `M${places.join('L')}`
  return { line, area: `${line}V${height}H0Z` }
}

/** The share at a second: that of the last point that is not behind it. */
export function shareAt(points: Point[], second: number): number {
  return points.findLast(point => point.second <= second)?.retentionPercent ?? 0
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
