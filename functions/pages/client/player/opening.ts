// The first seconds of a video, on screen before the code and the playlists that bring the others are there.
//
// The page says where each rendition's first segment lies, and its published hash. So its bytes are asked for
// at once and, checked, appended to a media source that hls.js then goes on with (`HlsEngine`). hls.js asks
// for the same bytes again, for its own books, and gets them from here.

import type { HlsSource, Opening as First } from './data.ts'
import type { ByteRange } from './hashes.ts'
import { firstRendition, type Size } from './opening-choice.ts'
import { firstFrame } from './first-frame.ts'
import { loadSegment } from './segment.ts'
import { digestHex } from './sha256.ts'

/** How long hls.js waits for the first frame, so that both do not contend for one processor. */
const PATIENCE_MS = 600

/** Bytes that are here already, and when they came, in the page's own clock. */
export interface Brought { data: ArrayBuffer, startMs: number, firstMs: number, endMs: number }

/** Names of hls.js for what a source buffer holds. */
type Tracks = Partial<Record<'audiovideo' | 'video', { id: 'main', container: string, buffer: SourceBuffer, listeners: [] }>>

export class Opening {
  readonly mediaSource = new MediaSource()
  /** When the first frame is shown, or will not be for now. */
  readonly shown: Promise<void>
  /** The source buffers, as soon as the media source is open. */
  readonly tracks: Promise<Tracks>
  /** The rendition that it begins with. */
  readonly first: First
  private readonly fileUrl: string
  private readonly controller = new AbortController()
  /** Appended already; `null` when they could not be had or were not what was published. */
  private brought: Promise<Brought | null>

  /** Begins, if there is anything to begin with. */
  static begin(source: HlsSource, video: HTMLVideoElement, size: Size, estimateBps: number): Opening | null {
    // Where the browser manages the source, hls.js has to make it.
    if (!('MediaSource' in window) || 'ManagedMediaSource' in window || source.separateAudio) return null
    const density = devicePixelRatio || 1
    const first = firstRendition(
      source.openings, { width: size.width * density, height: size.height * density }, estimateBps
    )
    if (!first || !MediaSource.isTypeSupported(mediaType(first))) return null
    return new Opening(source, first, video)
  }

  private constructor(source: HlsSource, first: First, video: HTMLVideoElement) {
    this.first = first
    this.fileUrl = new URL(first.file, new URL(source.master, location.href)).href
    const loaded = this.load()
    this.tracks = this.openSource(video)
    this.brought = Promise.all([loaded, this.tracks]).then(
      ([brought, tracks]) => append(brought.data, tracks).then(() => brought)
    ).catch(() => null)
    this.shown = this.waitForFrame(video)
  }

  /** The bytes of that range, once; `null` at once, or later, when they are to be had elsewhere. */
  take(url: string, range: ByteRange): Promise<Brought | null> | null {
    if (url !== this.fileUrl || range === null) return null
    const { initBytes, segmentBytes } = this.first
    const isInit = range.first === 0 && range.last === initBytes - 1
    const isSegment = range.first === initBytes && range.last === initBytes + segmentBytes - 1
    if (!isInit && !isSegment) return null
    const part = this.brought.then(
      brought => brought && { ...brought, data: brought.data.slice(range.first, range.last + 1) }
    )
    if (isSegment) this.brought = Promise.resolve(null)
    return part
  }

  close(): void {
    this.controller.abort()
    this.brought = Promise.resolve(null)
  }

  private async load(): Promise<Brought> {
    const { initBytes, segmentBytes, sha256 } = this.first
    const startMs = performance.now()
    let firstMs = 0
    const data = await loadSegment({
      url: this.fileUrl,
      range: { first: 0, last: initBytes + segmentBytes - 1 },
      hashes: null,
      signal: this.controller.signal,
      onProgress: () => { firstMs ||= performance.now() }
    })
    const endMs = performance.now()
    if (await digestHex(data.slice(initBytes)) !== sha256) throw new Error('The first segment is not what was published')
    return { data, startMs, firstMs, endMs }
  }

  private async openSource(video: HTMLVideoElement): Promise<Tracks> {
    const { mediaSource } = this
    const opened = new Promise(resolve => mediaSource.addEventListener('sourceopen', resolve, { once: true }))
    video.src = URL.createObjectURL(mediaSource)
    await opened
    const buffer = mediaSource.addSourceBuffer(mediaType(this.first))
    return { [this.first.hasAudio ? 'audiovideo' : 'video']: { id: 'main', container: 'video/mp4', buffer, listeners: [] } }
  }

  private async waitForFrame(video: HTMLVideoElement): Promise<void> {
    const timeout = new Promise(resolve => setTimeout(resolve, PATIENCE_MS))
    await Promise.race([timeout, this.brought.then(brought => brought && firstFrame(video))])
  }
}

function mediaType({ codecs }: First): string {
  return `video/mp4; codecs="${codecs}"`
}

async function append(data: ArrayBuffer, tracks: Tracks): Promise<void> {
  const { buffer } = Object.values(tracks)[0]!
  const ended = new Promise((resolve, reject) => {
    buffer.addEventListener('updateend', resolve, { once: true })
    buffer.addEventListener('error', reject, { once: true })
  })
  buffer.appendBuffer(data)
  await ended
}
