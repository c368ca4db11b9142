// Names of streams and of the swarms in which their viewers meet.
//
// p2p-media-loader hashes `v2-SWARM-TYPE-INDEX`. Current PeerTube hashes the same text after `pt-`, with the
// video's UUID as SWARM and `default-RESOLUTION` as INDEX: we meet its viewers there. Those of PeerTube 8.0,
// whose names are made of the playlist's URL, are in the same swarm at our tracker, which knows both.

import { sha1 } from './sha1.ts'

export type StreamType = 'main' | 'secondary'

/** p2p-media-loader's version of all that peers say to each other. */
const PROTOCOL = 'v2'
/** Bytes of the hash that are kept: as Base64 they are the twenty characters of an info hash. */
const KEPT_BYTES = 15

/** `side` is the smaller one of the picture in pixels, 0 for sound. */
export function streamIndex(side: number): string {
  return `default-${side > 0 ? side : 'default'}`
}

/** The name that p2p-media-loader gives a stream. */
export function streamName(uuid: string, type: StreamType, index: string): string {
  return `${PROTOCOL}-${uuid}-${type}-${index}`
}

/** The info hash that p2p-media-loader derives from a stream's name. */
export function loaderInfoHash(name: string): string {
  return infoHash(name)
}

/** The info hash under which PeerTube's viewers announce the stream. */
export function peertubeInfoHash(name: string): string {
  return infoHash(`pt-${name}`)
}

/** What 40 hex digits are on the wire: twenty characters. */
export function listedInfoHash(digits: string): string {
  return digits.replace(/../g, pair => String.fromCharCode(parseInt(pair, 16)))
}

function infoHash(name: string): string {
  return btoa(String.fromCharCode(...sha1(name).subarray(0, KEPT_BYTES)))
}
