// HLS through hls.js and Media Source Extensions.

import type Hls from 'hls.js'
import type { ErrorData, Level } from 'hls.js'

import type { HlsSource } from './data.ts'
import { AUTOMATIC, type Engine, type EngineHost, type Quality, signedMaster } from './engine.ts'
import { fragmentLoader } from './fragment-loader.ts'
import { SegmentHashes } from './hashes.ts'
import { Mirrors } from './mirrors.ts'
import type { Opening } from './opening.ts'
import { recall, remember } from '../ui/storage.ts'

/** Bits per second assumed before the first measurement: enough for 720p, so it starts sharp. */
const FIRST_ESTIMATE_BPS = 4_000_000
/** Decoder errors that are repaired in a row before giving up. */
const RECOVERIES_MAX = 2
/** Seconds of buffer ahead of the playing position: wanted, and never exceeded however light the rendition. */
const AHEAD_SECS = 30
const AHEAD_MAX_SECS = 60
/** Seconds kept behind it. */
const BEHIND_SECS = 60

/** Bits per second of this browser's connection, as far as known. */
export function firstEstimateBps(): number {
  return Number(recall('bandwidth')) || FIRST_ESTIMATE_BPS
}

export class HlsEngine implements Engine {
  readonly adaptive = true
  qualities: Quality[] = []
  private readonly hls: Hls
  private readonly host: EngineHost
  private readonly opening: Opening | null
  private recoveries = 0
  private started = false
  private isDestroyed = false
  private endSharing: () => void = () => undefined

  constructor(HlsClass: typeof Hls, source: HlsSource, host: EngineHost, opening: Opening | null) {
    this.host = host
    this.opening = opening
    const hashes = source.hashes ? new SegmentHashes(host.sign(source.hashes)) : null
    hashes?.prefetch()
    this.hls = new HlsClass({
      // fMP4 needs no transmuxing, and the policy forbids workers from strings.
      enableWorker: false,
      autoStartLoad: false,
      startPosition: host.startAt > 0 ? host.startAt : -1,
      abrEwmaDefaultEstimate: firstEstimateBps(),
      capLevelToPlayerSize: true,
      maxBufferLength: AHEAD_SECS,
      maxMaxBufferLength: AHEAD_MAX_SECS,
      backBufferLength: BEHIND_SECS,
      xhrSetup: (xhr, url) => {
        const signed = host.sign(url)
        if (signed !== url) xhr.open('GET', signed, true)
      },
      fLoader: fragmentLoader({
        hashes,
        mirrors: new Mirrors(source.mirrors),
        opening,
        sign: host.sign,
        sharing: host.sharing,
        estimateBps: () => this.hls.bandwidthEstimate,
        onRefused: error => host.onFault('integrity', error.message)
      })
    })
    if (hashes) this.endSharing = host.sharing.open({ renditions: this.hls, hashes, sign: host.sign })
    const { Events } = HlsClass
    this.hls.on(Events.MANIFEST_PARSED, () => {
      this.goOnWithOpening()
      this.readLevels()
    })
    this.hls.on(Events.LEVELS_UPDATED, () => this.readLevels())
    this.hls.on(Events.LEVEL_SWITCHED, () => host.onQualities())
    this.hls.on(Events.FRAG_BUFFERED, () => remember('bandwidth', Math.round(this.hls.bandwidthEstimate)))
    this.hls.on(Events.ERROR, (_, error) => this.fail(HlsClass, error))
    void this.attach()
    this.hls.loadSource(signedMaster(source.master, host))
  }

  get chosen(): number {
    return this.hls.manualLevel
  }

  get shown(): number | null {
    return this.hls.currentLevel >= 0 ? this.hls.currentLevel : null
  }

  choose(id: number): void {
    // A chosen quality is meant, whatever the size of the player, and at once: what is buffered in
    // another one goes. Back to automatic, what is buffered is played first.
    this.hls.capLevelToPlayerSize = id === AUTOMATIC
    if (id === AUTOMATIC) this.hls.nextLevel = id
    else this.hls.currentLevel = id
    this.host.onQualities()
  }

  start(): void {
    if (this.started) return
    this.started = true
    this.hls.startLoad(this.host.video.currentTime || this.host.startAt || -1)
  }

  destroy(): void {
    this.endSharing()
    this.opening?.close()
    this.isDestroyed = true
    this.hls.destroy()
  }

  private async attach(): Promise<void> {
    const { hls, opening, host: { video } } = this
    if (!opening) {
      hls.attachMedia(video)
      return
    }
    const tracks = await opening.tracks.catch(() => null)
    if (this.isDestroyed) return
    // Without tracks hls.js makes its own in the same media source.
    hls.attachMedia({ media: video, mediaSource: opening.mediaSource, ...tracks ? { tracks } : {} })
  }

  /** The first segment is that of the rendition which began. */
  private goOnWithOpening(): void {
    const first = this.opening?.first
    const level = this.hls.levels.findIndex(({ width, height }) => width === first?.width && height === first.height)
    if (level >= 0) this.hls.startLevel = level
  }

  private readLevels(): void {
    this.qualities = this.hls.levels.map((level, id) => qualityOf(level, id))
    this.host.onQualities()
  }

  private fail(HlsClass: typeof Hls, error: ErrorData): void {
    if (!error.fatal) return
    const { ErrorTypes, ErrorDetails } = HlsClass
    const gone = error.response?.code === 404 || error.response?.code === 403 || error.response?.code === 410
    if (error.type === ErrorTypes.MEDIA_ERROR && this.recoveries < RECOVERIES_MAX) {
      this.recoveries += 1
      this.hls.recoverMediaError()
    } else if (error.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) {
      this.host.onFault('unsupported', error.error.message)
    } else if (error.type === ErrorTypes.NETWORK_ERROR) {
      // Names change with every rewrite: an old page may know one that is gone.
      this.host.onFault(gone ? 'stale' : 'network', error.error.message)
    } else {
      this.host.onFault('media', error.error.message)
    }
  }
}

function qualityOf(level: Level, id: number): Quality {
  const side = Math.min(level.width || level.height, level.height) || 0
  const fps = level.frameRate > 31 ? String(Math.round(level.frameRate)) : ''
  return { id, label: side > 0 ? `${side}p${fps}` : 'Audio only', width: level.width || 0, height: level.height || 0 }
}
