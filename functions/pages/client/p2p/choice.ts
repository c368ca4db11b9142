// Where the next segment comes from: the pure part.

export interface Situation {
  /** Seconds until the playing position reaches the segment. */
  neededInSecs: number
  /** Seconds that the edge would probably take for it. */
  edgeSecs: number
  /** Others may be found any moment: the tracker or a connection is being waited for. */
  joining: boolean
  /** Viewers that we are connected to. */
  peers: number
  /** Whether one of them has the segment. */
  held: boolean
  /** Milliseconds since the segment was asked for. */
  waitedMs: number
  /** This viewer's own place in 0..1, drawn anew for every segment. */
  place: number
  /** Seconds that others' slowness has taught to keep beside the reserve. */
  cautionSecs: number
}

export type Choice = 'edge' | 'wait'

/** The edge is asked while it could still deliver so many times over. */
const EDGE_MARGIN = 3
/** Seconds before the segment is needed at which the edge is asked at the latest, and the earliest. */
const RESERVE_MIN_SECS = 1.8
const RESERVE_MAX_SECS = 12
/** Others that are not found by then are not waited for. */
const JOINING_MAX_MS = 5_000
/** A viewer who has a segment gets so long before it is fetched elsewhere although nobody hurries. */
const HELD_MAX_MS = 20_000
/** Of those who all lack a segment, one goes first: their starts are spread over this span. */
const SPREAD_MAX_MS = 3_000
/** Share of the spare time that may be spent on it. */
const SPREAD_SHARE = 0.2

/** Seconds of buffer below which nothing is waited for. */
export function reserveSecs(edgeSecs: number): number {
  return Math.min(Math.max(edgeSecs * EDGE_MARGIN, RESERVE_MIN_SECS), RESERVE_MAX_SECS)
}

/** How caution grows with every segment that others had and did not send in time, and fades. */
const CAUTION_STEP_SECS = 4
const CAUTION_MAX_SECS = 16
const CAUTION_FADE_SECS = 1

/** The caution after a segment that others had: sent in time, or not. */
export function learn(cautionSecs: number, cameInTime: boolean): number {
  return cameInTime ? Math.max(0, cautionSecs - CAUTION_FADE_SECS) : Math.min(cautionSecs + CAUTION_STEP_SECS, CAUTION_MAX_SECS)
}

/** Whether to ask the edge now, or to wait for other viewers a little longer. */
export function choose(situation: Situation): Choice {
  const { neededInSecs, edgeSecs, joining, peers, held, waitedMs, place, cautionSecs } = situation
  const spareSecs = neededInSecs - reserveSecs(edgeSecs) - cautionSecs
  if (spareSecs <= 0) return 'edge'
  if (held) return waitedMs < HELD_MAX_MS ? 'wait' : 'edge'
  if (joining) return waitedMs < JOINING_MAX_MS ? 'wait' : 'edge'
  if (peers === 0) return 'edge'
  return waitedMs < place * Math.min(spareSecs * SPREAD_SHARE * 1000, SPREAD_MAX_MS) ? 'wait' : 'edge'
}
