// What p2p-media-loader knows and does not tell: who holds what. Its version is pinned; should a
// later one keep this elsewhere, nobody is found and the edge serves everything.

import type { Core, Segment } from 'p2p-media-loader-core'

import type { StreamType } from './names.ts'

interface PeerLoader {
  connectedPeerCount?: number
  isSegmentLoadedBySomeone?: (segment: Segment) => boolean
}

interface Insides {
  mainStreamLoader?: { p2pLoaders?: { currentLoader?: PeerLoader } }
  secondaryStreamLoader?: { p2pLoaders?: { currentLoader?: PeerLoader } }
}

/** Viewers that are connected in the stream that plays. */
export function connectedPeers(core: Core, type: StreamType): number {
  return loader(core, type)?.connectedPeerCount ?? 0
}

/** Whether one of them has this segment whole. */
export function isHeld(core: Core, type: StreamType, segment: Segment): boolean {
  return loader(core, type)?.isSegmentLoadedBySomeone?.(segment) ?? false
}

function loader(core: Core, type: StreamType): PeerLoader | undefined {
  const { mainStreamLoader, secondaryStreamLoader } = core as unknown as Insides
  return (type === 'main' ? mainStreamLoader : secondaryStreamLoader)?.p2pLoaders?.currentLoader
}
