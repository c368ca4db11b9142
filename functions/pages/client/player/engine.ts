// What brings a video's bytes into its element, as the player sees it.

import type { Size } from './opening-choice.ts'
import type { Sharing } from './sharing.ts'

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
  sharing: Sharing
  /** Seconds at which playback begins. */
  startAt: number
  /** Whether it begins at the very start and without being asked. */
  beginsAtOnce: boolean
  /** About as large as the player will be, in CSS pixels: measuring it now would lay out the whole page. */
  expectedSize: () => Size
  /** Adds the token of private files to a URL. */
  sign: (url: string) => string
  onQualities: () => void
  onFault: (fault: Fault, detail: string) => void
}

/** A playlist with a token asks the server to put that token into every URL inside. */
export function signedMaster(master: string, host: EngineHost): string {
  const signed = host.sign(master)
  return signed === master ? master : `${signed}&reinjectVideoFileToken=true`
}
