// The choice of engine: hls.js, the browser's own HLS, or a plain file.

import type { PlayerData } from './data.ts'
import { FileEngine } from './engine-file.ts'
import { firstEstimateBps, HlsEngine } from './engine-hls.ts'
import { type Engine, type EngineHost, signedMaster } from './engine.ts'
import { Opening } from './opening.ts'

/** The best engine that this browser has for a video, `null` for none. */
export async function createEngine(data: PlayerData, host: EngineHost): Promise<Engine | null> {
  if (data.hls && mediaSource()) {
    const opening = host.beginsAtOnce ? Opening.begin(data.hls, host.video, host.expectedSize(), firstEstimateBps()) : null
    await opening?.shown
    const url = data.hls.separateAudio ? data.engine.full : data.engine.light
    const { default: Hls } = await import(url) as typeof import('hls.js')
    if (Hls.isSupported()) return new HlsEngine(Hls, data.hls, host, opening)
  }
  if (data.hls && host.video.canPlayType('application/vnd.apple.mpegurl')) {
    // The browser fetches by itself: its bytes cannot be checked here.
    return new FileEngine([{ url: signedMaster(data.hls.master, host), label: 'Automatic', height: 0 }], host)
  }
  return data.files.length > 0 ? new FileEngine(data.files, host) : null
}

function mediaSource(): boolean {
  return 'MediaSource' in window || 'ManagedMediaSource' in window
}
