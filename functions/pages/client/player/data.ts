// What the player must know: from the page, or from the API for videos that the page may not show.

import type { Caption, Storyboard, VideoDetails, VideoFile } from '../api/types.ts'

/** The JSON data block of watch and embed pages; `src/player.rs` writes it. */
export interface PlayerData {
  uuid: string
  shortUUID: string
  title: string
  artist: string
  watchUrl: string
  durationSecs: number
  state: number
  live: boolean
  nsfw: boolean
  poster: string | null
  hls: HlsSource | null
  files: FileSource[]
  storyboard: Sprites | null
  captions: CaptionTrack[]
  engine: Engine
  /** How viewers find each other; `null` for videos that are not for everybody. */
  p2p: PeerSettings | null
}

export interface HlsSource {
  master: string
  hashes: string | null
  separateAudio: boolean
  /** How its renditions begin, the smallest first; empty where nothing is known. */
  openings: Opening[]
  /** Folders of copies, without a slash at the end; those of this server begin with one. */
  mirrors: string[]
}

/** The first bytes of a rendition: the init segment, then at once the first segment. */
export interface Opening {
  /** Name beside the master playlist. */
  file: string
  width: number
  height: number
  hasAudio: boolean
  codecs: string
  /** At its peak. */
  bandwidthBps: number
  initBytes: number
  segmentBytes: number
  /** Of the first segment, in hex. */
  sha256: string
}

export interface FileSource { url: string, label: string, height: number }

export interface Sprites {
  url: string
  totalWidth: number
  totalHeight: number
  spriteWidth: number
  spriteHeight: number
  spriteDurationSecs: number
}

export interface CaptionTrack { language: string, label: string, url: string }

export interface PeerSettings {
  /** Whether it is on for whoever has not chosen. */
  enabled: boolean
  /** URL of `p2p.ts`, as bundled. */
  module: string
  /** WebSocket URLs. */
  trackers: string[]
  stunServers: string[]
  /** Of videos of other servers whose players do not derive them as ours: 40 hex digits each. */
  infoHashes?: { renditions: string[], sound: string | null }
}

/** URLs of the two builds of hls.js. */
export interface Engine { light: string, full: string }

export function pageData(): PlayerData | null {
  const block = document.getElementById('player-data')
  return block ? JSON.parse(block.textContent ?? '') as PlayerData : null
}

/** The same data from the API's answers, except for what viewers of public videos share. */
export function dataFromApi(
  video: VideoDetails, storyboards: Storyboard[], captions: Caption[], engine: Engine
): PlayerData {
  const playlist = video.streamingPlaylists[0]
  const sheet = storyboards[0]
  return {
    uuid: video.uuid,
    shortUUID: video.shortUUID,
    title: video.name,
    artist: video.channel.displayName,
    watchUrl: `${location.origin}/w/${video.shortUUID}`,
    durationSecs: video.duration,
    state: video.state.id,
    live: video.isLive,
    nsfw: video.nsfw,
    poster: posterOf(video),
    hls: playlist
      ? {
          master: here(playlist.playlistUrl),
          hashes: here(playlist.segmentsSha256Url) || null,
          separateAudio: separateAudio(playlist.files),
          openings: [],
          mirrors: playlist.redundancies.map(copy => here(copy.baseUrl))
        }
      : null,
    files: video.files.filter(file => file.fileUrl).map(file => ({
      url: here(file.fileUrl ?? ''), label: file.resolution.label, height: file.resolution.id
    })),
    storyboard: sheet ? spritesOf(sheet) : null,
    captions: captions.map(({ language, fileUrl }) => ({ language: language.id, label: language.label, url: here(fileUrl) })),
    engine,
    p2p: null
  }
}

function spritesOf(sheet: Storyboard): Sprites {
  return {
    url: here(sheet.fileUrl),
    totalWidth: sheet.totalWidth,
    totalHeight: sheet.totalHeight,
    spriteWidth: sheet.spriteWidth,
    spriteHeight: sheet.spriteHeight,
    spriteDurationSecs: sheet.spriteDuration
  }
}

function posterOf(video: VideoDetails): string | null {
  const fitting = video.thumbnails.filter(picture => picture.width <= 1280)
  const best = [...fitting].sort((a, b) => b.width - a.width)[0] ?? video.thumbnails[0]
  return best ? here(best.fileUrl) : video.previewPath ?? null
}

/** Whether sound lies in a rendition of its own, which the light build of hls.js cannot play. */
function separateAudio(files: VideoFile[]): boolean {
  return files.some(file => file.hasVideo && !file.hasAudio) && files.some(file => file.hasAudio && !file.hasVideo)
}

/** A URL without the origin when it is this page's. */
function here(url: string): string {
  return url.startsWith(`${location.origin}/`) ? url.slice(location.origin.length) : url
}
