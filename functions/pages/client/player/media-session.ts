// Lock screens, headphones and media keys.

import type { Player } from './player.ts'

const SKIP_SECS = 10

/** Tells the system about the video once it plays: before, nothing is there to control. */
export function announceToSystem(player: Player): void {
  player.addEventListener('start', () => announce(player), { once: true })
}

function announce(player: Player): void {
  const session = navigator.mediaSession
  if (!session) return
  const { title, artist, poster } = player.data
  session.metadata = new MediaMetadata({ title, artist, artwork: poster ? [{ src: poster }] : [] })
  const actions: [MediaSessionAction, MediaSessionActionHandler][] = [
    ['play', () => void player.play()],
    ['pause', () => player.video.pause()],
    ['seekbackward', ({ seekOffset }) => player.seek(player.video.currentTime - (seekOffset ?? SKIP_SECS))],
    ['seekforward', ({ seekOffset }) => player.seek(player.video.currentTime + (seekOffset ?? SKIP_SECS))],
    ['seekto', ({ seekTime }) => player.seek(seekTime ?? 0)]
  ]
  for (const [action, handler] of actions) {
    try {
      session.setActionHandler(action, handler)
    } catch { /* this system has no such key */ }
  }
}
