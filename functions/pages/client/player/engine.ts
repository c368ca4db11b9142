// What brings a video's bytes into its element: hls.js, the browser's own HLS, or a plain file.

import { FileEngine } from './engine-file.ts'
import { HlsEngine } from './engine-hls.ts'
import type { PlayerData } from './data.ts'

/** A choice of the quality menu. */
export interface Quality {
  /** Index of the rendition; -1 is "automatic" wherever an id is chosen. */
  id: number
  label: string
  width: number
  height: number
}

export const AUTOMATIC = -1

export interface Engine {
  readonly qualities: Quality[]
  /** What was chosen: an id, or `AUTOMATIC`. */
  readonly chosen: number
  /** The rendition on screen, when known. */
  readonly shown: number | null
  /** Whether `AUTOMATIC` is a choice. */
  readonly adaptive: boolean
  choose(id: number): void
  /** Begins to load media; before, only playlists are fetched. */
  start(): void
  destroy(): void
}

/** Why playback stopped, by what the viewer can do about it. */
export type Fault = 'stale' | 'network' | 'integrity' | 'media' | 'unsupported'

export interface EngineHost {
  video: HTMLVideoElement
  /** Seconds at which playback begins. */
  startAt: number
  /** Adds the token of private files to a URL. */
  sign: (url: string) => string
  onQualities: () => void
  onFault: (fault: Fault, detail: string) => void
}

export async function createEngine(data: PlayerData, host: EngineHost): Promise<Engine | null> {
  if (data.hls && mediaSource()) {
    const url = data.hls.separateAudio ? data.engine.full : data.engine.light
    const { default: Hls } = await import(url) as typeof import('hls.js')
    if (Hls.isSupported()) return new HlsEngine(Hls, data.hls, host)
  }
  if (data.hls && host.video.canPlayType('application/vnd.apple.mpegurl')) {
    // The browser fetches by itself: its bytes cannot be checked here.
    return new FileEngine([{ url: signedMaster(data.hls.master, host), label: 'Automatic', height: 0 }], host)
  }
  return data.files.length > 0 ? new FileEngine(data.files, host) : null
}

/** A playlist with a token asks the server to put that token into every URL inside. */
export function signedMaster(master: string, host: EngineHost): string {
  const signed = host.sign(master)
  return signed === master ? master : `${signed}&reinjectVideoFileToken=true`
}

function mediaSource(): boolean {
  return 'MediaSource' in window || 'ManagedMediaSource' in window
}
