// Playing from other viewers, as the player sees it: on or off, what came from where, and the link
// that is imported once the first frame is on screen.

import type { Fragment, Level, MediaPlaylist } from 'hls.js'

import type { PlayerData } from './data.ts'
import type { SegmentHashes } from './hashes.ts'
import type { PeerLink, PeerLinkOptions } from './peer-link.ts'
import { digestHex } from './sha256.ts'
import { choiceFor, connection, isMetered, isSharingOffered, isSharingOn, parseChoice } from './sharing-rules.ts'
import { recall, remember } from '../ui/storage.ts'

/** Bytes of media since the page was opened. */
export interface Traffic {
  edgeBytes: number
  peerBytes: number
  sentBytes: number
  /** Viewers that are connected now. */
  peers: number
  /** Segments from viewers that were not what was published. */
  refused: number
}

/** What sharing needs of the engine that plays. */
export interface SharedMedia {
  renditions: { readonly levels: Level[], readonly audioTracks: MediaPlaylist[], readonly bandwidthEstimate: number }
  hashes: SegmentHashes
  sign: (url: string) => string
}

/** Seconds of buffer that must remain while the link is being loaded. */
const LOADING_RESERVE_SECS = 2
const LOADING_MAX_MS = 4_000
const LOOK_MS = 50
/** Segments that are kept for the link until it is there. */
const EARLY_MAX = 8
/** Changes are told this often at most. */
const TELL_EVERY_MS = 500

/** Events: `change`, `first` when it is used for the first time in this browser. */
export class Sharing extends EventTarget {
  readonly traffic: Traffic = { edgeBytes: 0, peerBytes: 0, sentBytes: 0, peers: 0, refused: 0 }
  private readonly data: () => PlayerData
  private readonly video: HTMLVideoElement
  private readonly asked: boolean | null
  private media: SharedMedia | null = null
  private link: PeerLink | null = null
  /** Whether the first frame has come, which everything here waits for. `readyState` tells it a task too early. */
  private hasShown = false
  private loading = false
  private early: { frag: Fragment, data: ArrayBuffer }[] = []
  private telling = 0
  private generation = 0

  constructor(data: () => PlayerData, video: HTMLVideoElement, asked: boolean | null) {
    super()
    this.data = data
    this.video = video
    this.asked = asked
    video.addEventListener('loadeddata', () => {
      this.hasShown = true
      this.update()
    })
    connection()?.addEventListener('change', () => this.update())
  }

  /** Whether there is anything to turn on: private videos and plain files know no other viewers. */
  get isPossible(): boolean {
    const offered = isSharingOffered(this.data().p2p?.trackers.length ?? 0, this.asked)
    return offered && this.media !== null && 'RTCPeerConnection' in window
  }

  get isOn(): boolean {
    if (!this.isPossible) return false
    const enabled = this.data().p2p?.enabled ?? false
    return isSharingOn({ enabled, chosen: parseChoice(recall('p2p')), asked: this.asked, metered: isMetered(connection()) })
  }

  /** The viewer's own switch, remembered. */
  turn(on: boolean): void {
    remember('p2p', choiceFor(on, isMetered(connection())))
    // Beside the switch stands what the notice says.
    if (on) remember('p2p-told', true)
    this.update()
  }

  /** An engine plays; the returned function says that it no longer does. */
  open(media: SharedMedia): () => void {
    this.cut()
    this.media = media
    this.update()
    return () => {
      if (this.media !== media) return
      this.media = null
      this.cut()
    }
  }

  /** A segment from viewers; `null` at once, or later, when the edge is to be asked. */
  obtain(frag: Fragment, signal: AbortSignal): Promise<ArrayBuffer | null> | null {
    if (this.link) return this.link.obtain(frag, signal).catch(() => null)
    return this.isOn && this.neededInSecs(frag) > LOADING_RESERVE_SECS ? this.obtainLater(frag, signal) : null
  }

  /** A checked segment from the edge. */
  keep(frag: Fragment, data: ArrayBuffer): void {
    if (this.link) this.link.keep(frag, data)
    else if (this.isOn && this.early.length < EARLY_MAX) this.early.push({ frag, data: data.slice(0) })
  }

  count(edgeBytes: number): void {
    this.traffic.edgeBytes += edgeBytes
    this.tell()
  }

  private async obtainLater(frag: Fragment, signal: AbortSignal): Promise<ArrayBuffer | null> {
    const end = performance.now() + LOADING_MAX_MS
    while (!signal.aborted && this.isOn && performance.now() < end && this.neededInSecs(frag) > LOADING_RESERVE_SECS) {
      if (this.link) return this.link.obtain(frag, signal).catch(() => null)
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    }
    return null
  }

  private neededInSecs(frag: Fragment): number {
    return (frag.start - this.video.currentTime) / (this.video.playbackRate || 1)
  }

  private update(): void {
    if (!this.isOn) this.cut()
    else if (this.hasShown && !this.loading) void this.join()
    this.tell()
  }

  private cut(): void {
    this.generation += 1
    this.link?.destroy()
    this.link = null
    this.loading = false
    this.early = []
    this.traffic.peers = 0
    this.tell()
  }

  private async join(): Promise<void> {
    this.loading = true
    const generation = this.generation
    const { p2p } = this.data()
    if (!p2p) return
    const module = await import(p2p.module).catch(() => null) as typeof import('../p2p.ts') | null
    if (!module || generation !== this.generation || !this.media) return
    this.link = new module.Link(this.optionsFor(this.media))
    for (const { frag, data } of this.early) this.link.keep(frag, data)
    this.early = []
    if (recall('p2p-told') === null) this.dispatchEvent(new Event('first'))
  }

  private optionsFor({ renditions, hashes, sign }: SharedMedia): PeerLinkOptions {
    const { uuid, p2p } = this.data()
    const { traffic } = this
    const add = (name: 'peerBytes' | 'sentBytes' | 'refused') => (count = 1) => {
      traffic[name] += count
      this.tell()
    }
    return {
      uuid,
      trackers: p2p?.trackers ?? [],
      iceServers: (p2p?.stunServers ?? []).map(urls => ({ urls })),
      infoHashes: p2p?.infoHashes ?? null,
      video: this.video,
      renditions,
      isGenuine: async (url, range, data) => {
        const published = await hashes.of(sign(url), range)
        return published !== null && await digestHex(data) === published
      },
      edgeBitsPerSec: () => renditions.bandwidthEstimate,
      onPeers: count => {
        traffic.peers = count
        this.tell()
      },
      onReceived: add('peerBytes'),
      onSent: add('sentBytes'),
      onRefused: add('refused')
    }
  }

  private tell(): void {
    if (this.telling) return
    this.telling = window.setTimeout(() => {
      this.telling = 0
      this.dispatchEvent(new Event('change'))
    }, TELL_EVERY_MS)
  }
}
