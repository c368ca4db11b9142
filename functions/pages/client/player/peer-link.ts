// What the player and `p2p.ts`, which is loaded only when it is used, know of each other.

import type { Fragment, Level, MediaPlaylist } from 'hls.js'

import type { ByteRange } from './hashes.ts'

export interface PeerLinkOptions {
  uuid: string
  /** WebSocket URLs. */
  trackers: string[]
  iceServers: RTCIceServer[]
  /** Where the origin's viewers do not meet as ours do: 40 hex digits each, by the rendition's place. */
  infoHashes: { renditions: string[], sound: string | null } | null
  video: HTMLVideoElement
  /** hls.js. */
  renditions: { readonly levels: Level[], readonly audioTracks: MediaPlaylist[] }
  /** Whether bytes are those that were published. */
  isGenuine: (url: string, range: ByteRange, data: ArrayBuffer) => Promise<boolean>
  /** What the edge would give now, by the newest measurement. */
  edgeBitsPerSec: () => number
  /** Viewers that are connected. */
  onPeers: (count: number) => void
  /** Bytes of a segment from a viewer, after its check. */
  onReceived: (bytes: number) => void
  onSent: (bytes: number) => void
  /** A viewer sent something else than was published. */
  onRefused: () => void
}

export interface PeerLink {
  /** A checked segment from memory or from a viewer; `null` when the edge is to be asked. */
  obtain: (frag: Fragment, signal: AbortSignal) => Promise<ArrayBuffer | null>
  /** Keeps a checked segment for other viewers. */
  keep: (frag: Fragment, data: ArrayBuffer) => void
  destroy: () => void
}
