// Between hls.js, p2p-media-loader and the tracker: segments from viewers, and for them.
//
// p2p-media-loader speaks to the viewers and fetches from them ahead of time. It fetches nothing
// from the edge: that stays with `player/segment.ts`, so that there is one way to the origin, and
// whoever is alone loads exactly what he would load without any of this.

import { attend, hex } from 'bittorrent-tracker'
import type { Fragment } from 'hls.js'
import { Core, type Segment } from 'p2p-media-loader-core'

import { choose, learn } from './choice.ts'
import { connectedPeers, isHeld } from './insides.ts'
import { listedInfoHash, loaderInfoHash, peertubeInfoHash } from './names.ts'
import { storageBytes, SegmentStore } from './storage.ts'
import { type Renditions, segmentId, type SharedStream, streamOf } from './streams.ts'
import { Suspects } from './suspects.ts'
import { Swarms } from './swarms.ts'
import type { PeerLink, PeerLinkOptions } from '../player/peer-link.ts'

/** Seconds that are fetched from viewers ahead of the playing position. */
const AHEAD_SECS = 90
/** Seconds in which the order of segments matters most. */
const URGENT_SECS = 15
const DOWNLOADS_AT_ONCE = 4
/** A peer that sends nothing for so long is asked no more. */
const SILENCE_MS = 4_000
/** How often to look whether a segment that is waited for must come from the edge after all. */
const LOOK_MS = 120
/** Others had no chance to send what was given up after so short a time. */
const HASTE_MS = 1_000
/** What the edge needs to answer, beside the transfer, in seconds. */
const EDGE_ANSWER_SECS = 0.15

interface Known { stream: SharedStream, segments: Map<string, Segment> }

export class Link implements PeerLink {
  private readonly options: PeerLinkOptions
  private readonly renditions: Renditions
  private readonly core: Core
  private readonly store = new SegmentStore(storageBytes((navigator as { deviceMemory?: number }).deviceMemory))
  private readonly known = new Map<string, Known>()
  private readonly swarms = new Swarms()
  private readonly suspects = new Suspects()
  private readonly infoHashes = new Map<string, string>()
  private readonly endAttending: (() => void)[]
  private cautionSecs = 0

  constructor(options: PeerLinkOptions) {
    this.options = options
    this.renditions = options.renditions
    const { uuid, trackers, iceServers, isGenuine } = options
    this.core = new Core({
      swarmId: uuid,
      announceTrackers: trackers,
      rtcConfig: { iceServers },
      simultaneousHttpDownloads: 0,
      httpDownloadTimeWindow: 0,
      simultaneousP2PDownloads: DOWNLOADS_AT_ONCE,
      highDemandTimeWindow: URGENT_SECS,
      p2pDownloadTimeWindow: AHEAD_SECS,
      p2pNotReceivingBytesTimeoutMs: SILENCE_MS,
      customSegmentStorageFactory: () => this.store,
      validateP2PSegment: (url, range, data) => isGenuine(url, range ? { first: range.start, last: range.end } : null, data)
    })
    // Only tells streams of different pages apart, and ours are named by their video.
    this.core.setManifestResponseUrl(uuid)
    this.endAttending = trackers.map(url => attend(url, {
      infoHashOf: given => this.infoHashes.get(given) ?? given,
      isWelcome: peerId => !this.suspects.isBanned(peerId),
      onOthers: (infoHash, others) => this.swarms.count(infoHash, others, performance.now())
    }))
    this.follow()
    for (const name of ['timeupdate', 'seeking', 'ratechange']) options.video.addEventListener(name, this.onMove)
  }

  async obtain(frag: Fragment, signal: AbortSignal): Promise<ArrayBuffer | null> {
    const found = this.find(frag)
    if (!found) return null
    const { stream, segment } = found
    this.onMove()
    const wanted = this.want(segment)
    this.tellPeers()
    const stored = this.store.find(stream.name, segment.externalId)
    if (stored) {
      this.cautionSecs = learn(this.cautionSecs, true)
      return stored.slice(0)
    }
    const data = await this.waitFor(wanted, stream, segment, signal)
    if (!data) this.core.abortSegmentLoading(segment.runtimeId)
    return data?.slice(0) ?? null
  }

  keep(frag: Fragment, data: ArrayBuffer): void {
    const found = this.find(frag)
    if (!found) return
    const { stream, segment: { externalId: segmentId, startTime, endTime } } = found
    this.store.keep(stream.name, { segmentId, startTime, endTime }, data.slice(0))
  }

  destroy(): void {
    for (const name of ['timeupdate', 'seeking', 'ratechange']) this.options.video.removeEventListener(name, this.onMove)
    this.core.destroy()
    for (const end of this.endAttending) end()
  }

  private find(frag: Fragment): { stream: SharedStream, segment: Segment } | null {
    const known = this.known.get(`${frag.type}/${frag.level}`) ?? this.learn(frag)
    const segment = known?.segments.get(segmentId(frag))
    return known && segment ? { stream: known.stream, segment } : null
  }

  private learn(frag: Fragment): Known | null {
    const stream = streamOf(frag, this.renditions, this.options.uuid)
    const infoHash = stream && this.infoHashOf(stream, frag.level)
    if (!stream || !infoHash) return null
    const known = { stream, segments: new Map(stream.segments.map(segment => [segment.runtimeId, segment])) }
    this.known.set(`${frag.type}/${frag.level}`, known)
    this.infoHashes.set(loaderInfoHash(stream.name), infoHash)
    this.core.addStreamIfNoneExists(stream)
    this.core.updateStream(stream.runtimeId, stream.segments)
    return known
  }

  /** Under which the stream's viewers meet; `null` where they do not. */
  private infoHashOf({ type, name }: SharedStream, level: number): string | null {
    const { infoHashes } = this.options
    if (!infoHashes) return peertubeInfoHash(name)
    const digits = type === 'main' ? infoHashes.renditions[level] : infoHashes.sound
    return digits ? listedInfoHash(digits) : null
  }

  /** Tells p2p-media-loader what plays next; it joins the swarm and asks whoever has it. */
  private want(segment: Segment): Promise<ArrayBuffer> {
    return new Promise(resolve => {
      void this.core.loadSegment(segment.runtimeId, {
        onSuccess: ({ data }) => resolve(data),
        // Given up by us, or failed: in both cases the edge is asked.
        onError: () => undefined
      })
    })
  }

  private async waitFor(
    wanted: Promise<ArrayBuffer>, stream: SharedStream, segment: Segment, signal: AbortSignal
  ): Promise<ArrayBuffer | null> {
    const given = loaderInfoHash(stream.name)
    const infoHash = this.infoHashes.get(given) ?? given
    const begun = performance.now()
    const place = Math.random()
    this.swarms.join(infoHash, begun)
    while (!signal.aborted) {
      const now = performance.now()
      const peers = connectedPeers(this.core, stream.type)
      const held = isHeld(this.core, stream.type, segment)
      const choice = choose({
        neededInSecs: this.neededInSecs(segment),
        edgeSecs: this.edgeSecs(segment),
        joining: this.swarms.isJoining(infoHash, peers, now),
        peers,
        held,
        waitedMs: now - begun,
        place,
        cautionSecs: this.cautionSecs
      })
      if (choice === 'edge') {
        // Asked for in a hurry, after a seek for instance, it says nothing about the others.
        if (held && now - begun > HASTE_MS) this.cautionSecs = learn(this.cautionSecs, false)
        return null
      }
      const data = await Promise.race([wanted, pause(LOOK_MS)])
      if (data) {
        this.cautionSecs = learn(this.cautionSecs, true)
        return data
      }
    }
    return null
  }

  private neededInSecs({ startTime }: Segment): number {
    const { currentTime, playbackRate } = this.options.video
    return (startTime - currentTime) / (playbackRate || 1)
  }

  private edgeSecs({ byteRange }: Segment): number {
    const bits = byteRange ? (byteRange.end - byteRange.start + 1) * 8 : 0
    return EDGE_ANSWER_SECS + bits / Math.max(this.options.edgeBitsPerSec(), 1)
  }

  private readonly onMove = (): void => {
    const { currentTime, playbackRate } = this.options.video
    this.core.updatePlayback(currentTime, playbackRate)
  }

  /** Counts one stream, as viewers meet once for the picture and once for its sound. */
  private tellPeers(): void {
    // p2p-media-loader says it before it has noted it.
    setTimeout(() => this.options.onPeers(connectedPeers(this.core, 'main')))
  }

  private follow(): void {
    const { core, suspects } = this
    const { onReceived, onSent, onRefused } = this.options
    const sized = ({ byteRange }: Segment) => byteRange ? byteRange.end - byteRange.start + 1 : Infinity
    core.addEventListener('onPeerConnect', () => {
      this.swarms.greet(performance.now())
      this.tellPeers()
    })
    core.addEventListener('onPeerClose', () => this.tellPeers())
    core.addEventListener('onSegmentStart', ({ segment, peerId }) => {
      if (peerId) suspects.begin(hex(peerId), sized(segment))
    })
    core.addEventListener('onChunkDownloaded', (bytes, _source, peerId) => {
      if (peerId) suspects.add(hex(peerId), bytes)
    })
    core.addEventListener('onSegmentLoaded', ({ bytesLength }) => onReceived(bytesLength))
    core.addEventListener('onChunkUploaded', bytes => onSent(bytes))
    core.addEventListener('onSegmentError', ({ error, peerId }) => {
      if (error.type !== 'p2p-segment-validation-failed') return
      if (peerId) suspects.refuse(hex(peerId))
      onRefused()
    })
  }
}

function pause(ms: number): Promise<null> {
  return new Promise(resolve => setTimeout(() => resolve(null), ms))
}
