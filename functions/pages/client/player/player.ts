// The player: one video element, the engine behind it, the controls over it.

import { Captions } from './captions.ts'
import { createEngine } from './create-engine.ts'
import type { PlayerData } from './data.ts'
import { AUTOMATIC, type Engine, type Fault, type Quality } from './engine.ts'
import { Layers } from './layers.ts'
import type { Size } from './opening-choice.ts'
import { resumePosition, savePosition } from './resume.ts'
import { tellOnce } from './sharing-notice.ts'
import { Sharing } from './sharing.ts'
import { reportViews } from './views.ts'
import { PUBLISHED, TO_TRANSCODE, TRANSCODING_FAILED } from '../api/types.ts'
import { find } from '../ui/dom.ts'
import { recall, remember } from '../ui/storage.ts'

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]
/** A video that is still being made is looked for this often. */
const LOOK_AGAIN_MS = 5_000
/** The position is kept this often while playing. */
const SAVE_EVERY_MS = 2_000

export interface PlayerOptions {
  /** Try to play without being asked; browsers may refuse. */
  autoplay: boolean
  /** When sound is what they refuse, play without it. */
  muteToAutoplay?: boolean
  /** About as large as the player will be, in CSS pixels. */
  expectedSize: () => Size
  muted?: boolean
  loop?: boolean
  startAt?: number | null
  stopAt?: number | null
  /** Language tag of the captions to show at once. */
  captions?: string | null
  /** `videoFileToken` of private files. */
  fileToken?: string | null
  /** Whether the page around an embed wants it to play from other viewers; `null` says nothing. */
  sharing?: boolean | null
  /** Fresh data for a page that has grown old or a video that was not ready. */
  refresh: () => Promise<PlayerData | null>
}

/** Events: `qualities`, `start`, `captions`, `fault`. Everything else is on `video`. */
export class Player extends EventTarget {
  readonly root: HTMLElement
  readonly video: HTMLVideoElement
  readonly layers: Layers
  readonly sharing: Sharing
  data: PlayerData
  private readonly captions: Captions
  private readonly options: PlayerOptions
  private engine: Engine | null = null
  private ready: Promise<void> | null = null
  private started = false
  private refreshed = false
  private savedAt = 0
  private generation = 0

  constructor(root: HTMLElement, data: PlayerData, options: PlayerOptions) {
    super()
    this.root = root
    this.data = data
    this.options = options
    this.video = find<HTMLVideoElement>('video', root)
    this.captions = new Captions(root, this.video)
    this.sharing = new Sharing(() => this.data, this.video, options.sharing ?? null)
    this.layers = new Layers(root, this.video, () => void this.play())
    root.classList.add('fresh')
    tellOnce(this)
    this.prepareElement()
    this.open(this.firstPosition())
  }

  get qualities(): Quality[] {
    return this.engine?.qualities ?? []
  }

  get chosenQuality(): number {
    return this.engine?.chosen ?? AUTOMATIC
  }

  get shownQuality(): Quality | null {
    const shown = this.engine?.shown
    return this.qualities.find(quality => quality.id === shown) ?? null
  }

  get adaptive(): boolean {
    return this.engine?.adaptive ?? false
  }

  /** Seconds; the published duration until the media is known. */
  get duration(): number {
    return Number.isFinite(this.video.duration) && this.video.duration > 0 ? this.video.duration : this.data.durationSecs
  }

  async play(): Promise<void> {
    this.begin()
    await this.ready
    this.engine?.start()
    await this.video.play().catch((error: unknown) => {
      if ((error as DOMException).name === 'NotAllowedError') this.returnToStart()
    })
  }

  toggle(): void {
    if (this.video.paused) void this.play()
    else this.video.pause()
  }

  seek(seconds: number): void {
    this.begin()
    this.engine?.start()
    this.video.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.05))
  }

  chooseQuality(id: number): void {
    this.engine?.choose(id)
  }

  /** Shows one caption track, or none for `null`. */
  showCaptions(language: string | null): void {
    this.captions.show(language)
    remember('captions', language)
    this.dispatchEvent(new Event('captions'))
  }

  get shownCaptions(): string | null {
    return this.captions.shown
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(1, Math.max(0, volume))
    this.video.muted = this.video.volume === 0
  }

  private firstPosition(): number {
    return this.options.startAt ?? resumePosition(this.data.uuid, this.data.durationSecs)
  }

  private prepareElement(): void {
    const { video, options } = this
    video.loop = options.loop ?? false
    const volume = Number(recall('volume') ?? 1)
    video.volume = Number.isFinite(volume) ? Math.min(1, Math.max(0, volume)) : 1
    video.muted = options.muted ?? false
    video.addEventListener('volumechange', () => { if (!video.muted) remember('volume', video.volume) })
    video.addEventListener('play', () => this.begin())
    video.addEventListener('timeupdate', () => this.onTime())
    for (const name of ['pause', 'ended', 'seeked']) video.addEventListener(name, () => this.savePosition())
    addEventListener('pagehide', () => this.savePosition())
    reportViews(video, this.data.uuid, () => this.data.state === PUBLISHED || this.data.state === TO_TRANSCODE)
  }

  private begin(): void {
    if (this.started) return
    this.started = true
    this.root.classList.remove('fresh')
    this.dispatchEvent(new Event('start'))
  }

  private returnToStart(): void {
    this.started = false
    this.root.classList.add('fresh')
  }

  /** Builds the engine for the current data, beginning at `startAt` seconds. */
  private open(startAt: number): void {
    const generation = ++this.generation
    const { hls, files, poster } = this.data
    // Setting it again would fetch it again.
    if (poster && this.video.getAttribute('poster') !== poster) this.video.poster = poster
    this.layers.clear()
    if (!hls && files.length === 0) {
      this.waitForMedia()
      return
    }
    this.addCaptions()
    this.ready = createEngine(this.data, {
      video: this.video,
      sharing: this.sharing,
      startAt,
      expectedSize: this.options.expectedSize,
      beginsAtOnce: this.options.autoplay && startAt === 0,
      sign: url => this.sign(url),
      onQualities: () => this.dispatchEvent(new Event('qualities')),
      onFault: (fault, detail) => { if (generation === this.generation) void this.onFault(fault, detail) }
    }).then(engine => {
      if (generation !== this.generation) engine?.destroy()
      else if (engine) this.engine = engine
      else void this.onFault('unsupported', '')
    }, error => this.onFault('network', String(error)))
    void this.autoplay()
  }

  private async autoplay(): Promise<void> {
    const { ready, options } = this
    this.layers.expectPlay(options.autoplay && !this.started)
    // Whatever has its first bytes on the way is played before the engine is there that brings the others.
    if (!this.video.hasAttribute('src')) await ready
    if (this.started) {
      void this.play()
    } else if (options.autoplay) {
      void ready?.then(() => this.engine?.start())
      try {
        await this.video.play()
      } catch (error) {
        const refused = (error as DOMException).name === 'NotAllowedError'
        if (refused && options.muteToAutoplay && !this.video.muted) {
          this.video.muted = true
          await this.video.play().catch(() => undefined)
        }
      }
    }
    this.layers.expectPlay(false)
  }

  /** Adds the token of private files to URLs of this site's media. */
  private sign(url: string): string {
    const token = this.options.fileToken
    if (!token || url.includes('videoFileToken=')) return url
    const absolute = new URL(url, location.href)
    if (absolute.origin !== location.origin) return url
    return `${url}${url.includes('?') ? '&' : '?'}videoFileToken=${encodeURIComponent(token)}`
  }

  private addCaptions(): void {
    const wanted = this.options.captions ?? recall('captions')
    const tracks = this.data.captions.map(track => ({ ...track, url: this.sign(track.url) }))
    this.captions.load(tracks, typeof wanted === 'string' ? wanted : null)
    this.dispatchEvent(new Event('captions'))
  }

  private onTime(): void {
    const { video } = this
    const stopAt = this.options.stopAt
    if (stopAt && video.currentTime >= stopAt && !video.paused) {
      video.pause()
      this.options.stopAt = null
    }
    if (Date.now() - this.savedAt > SAVE_EVERY_MS) this.savePosition()
  }

  private savePosition(): void {
    if (!this.started || this.data.live || this.video.readyState === 0) return
    this.savedAt = Date.now()
    savePosition(this.data.uuid, this.video.currentTime, this.duration)
  }

  private async onFault(fault: Fault, detail: string): Promise<void> {
    const at = this.video.currentTime || this.firstPosition()
    this.close()
    if (fault === 'stale' && !this.refreshed) {
      this.refreshed = true
      const fresh = await this.options.refresh().catch(() => null)
      if (fresh) {
        this.data = { ...fresh, p2p: this.data.p2p }
        this.open(at)
        return
      }
    }
    this.dispatchEvent(new CustomEvent('fault', { detail: { fault, detail } }))
    this.layers.showFault(fault, () => {
      this.refreshed = false
      this.open(at)
      this.begin()
    })
  }

  private close(): void {
    this.generation += 1
    this.engine?.destroy()
    this.engine = null
    this.ready = null
  }

  /** Nothing to play yet: says why and looks again. */
  private waitForMedia(): void {
    this.layers.showWaiting(this.data.state === TRANSCODING_FAILED)
    if (this.data.state === TRANSCODING_FAILED) return
    const generation = this.generation
    setTimeout(async () => {
      if (generation !== this.generation) return
      const fresh = document.hidden ? null : await this.options.refresh().catch(() => null)
      if (fresh) this.data = { ...fresh, p2p: this.data.p2p }
      this.open(this.firstPosition())
    }, LOOK_AGAIN_MS)
  }
}
