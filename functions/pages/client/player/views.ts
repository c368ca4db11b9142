// Tells the server that somebody watches: after five and ten seconds of playback, when a view counts, then every half
// minute, and where the viewer jumps or stops. Each but the first two is a written row.

import { freshToken } from '../api/session.ts'

const FIRST_SECS = 5
/** Pings that are so near to each other. */
const FIRST_PINGS = 2
const EVERY_SECS = 30
/** A jump in the position larger than this is a seek and not playback. */
const STEP_MAX_SECS = 2

/** Adds up what was really played. */
export class WatchedTime {
  private last: number | null = null
  private sum = 0
  private pings = 0

  /** Takes the position after a while of playing; answers whether another ping is due. */
  advance(seconds: number): boolean {
    const step = this.last === null ? 0 : seconds - this.last
    this.last = seconds
    if (step > 0 && step < STEP_MAX_SECS) this.sum += step
    const every = this.pings < FIRST_PINGS ? FIRST_SECS : EVERY_SECS
    if (this.sum < every) return false
    this.sum -= every
    this.pings += 1
    return true
  }

  /** The next position does not follow this one. */
  interrupt(): void {
    this.last = null
  }
}

export function reportViews(video: HTMLVideoElement, uuid: string, isWatching: () => boolean): void {
  const watched = new WatchedTime()
  const sessionId = randomId()
  let first = true
  const send = (viewEvent?: 'seek', isLast?: true) => {
    if (isWatching()) void ping(uuid, { currentTime: Math.floor(video.currentTime), sessionId, viewEvent, isLast })
  }
  const stop = () => { if (!first) send(undefined, true) }
  video.addEventListener('timeupdate', () => {
    if (video.paused || video.seeking) return
    if (watched.advance(video.currentTime) || first) send()
    first = false
  })
  video.addEventListener('seeking', () => watched.interrupt())
  video.addEventListener('seeked', () => { if (!first) send('seek') })
  video.addEventListener('pause', () => { if (!video.seeking) stop() })
  addEventListener('pagehide', () => { if (!video.paused) stop() })
}

/** Lost pings are lost: a view is not worth an error message. */
async function ping(uuid: string, body: object): Promise<void> {
  try {
    const token = await freshToken()
    await fetch(`/api/v1/videos/${uuid}/views`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...token ? { authorization: `Bearer ${token}` } : {} },
      body: JSON.stringify(body),
      keepalive: true
    })
  } catch { /* see above */ }
}

/** `crypto.randomUUID` is absent on plain http. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}
