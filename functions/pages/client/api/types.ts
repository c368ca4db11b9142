// The parts of PeerTube's answers that the pages read.

export interface Label<T> { id: T, label: string }

export interface Thumbnail { width: number, height: number, fileUrl: string }

export interface Video {
  id: number
  uuid: string
  shortUUID: string
  name: string
  description: string | null
  duration: number
  isLive: boolean
  nsfw: boolean
  views: number
  createdAt: string
  publishedAt: string
  privacy: Label<number>
  category: Label<number | null>
  licence: Label<number | null>
  language: Label<string | null>
  thumbnails: Thumbnail[]
  thumbnailPath?: string | null
  previewPath?: string | null
  state?: Label<number>
  channel: { name: string, displayName: string, host: string }
  /** Extension of Edgetube: 0 to 100 while the state is 2. */
  edgetube?: { transcodingProgress?: number | null }
}

export interface VideoFile {
  resolution: Label<number>
  hasAudio: boolean
  hasVideo: boolean
  fileUrl: string | null
}

export interface StreamingPlaylist {
  playlistUrl: string
  segmentsSha256Url: string
  redundancies: { baseUrl: string }[]
  files: VideoFile[]
}

export interface VideoDetails extends Video {
  state: Label<number>
  tags: string[]
  files: VideoFile[]
  streamingPlaylists: StreamingPlaylist[]
}

export interface Storyboard {
  fileUrl: string
  totalHeight: number
  totalWidth: number
  spriteHeight: number
  spriteWidth: number
  spriteDuration: number
}

export interface Caption { language: Label<string>, fileUrl: string }

export interface ResultList<T> { total: number, data: T[] }

export interface Channel {
  id: number
  name: string
  host: string
  displayName: string
  avatars: { fileUrl: string }[]
}

/** An actor of any kind at one end of a follow. */
export interface FollowActor {
  url: string
  name: string
  host: string
  hostRedundancyAllowed: boolean
  avatars: { fileUrl: string }[]
}

/** A copy of a video; of ours with how far it has come. */
export interface Copy {
  id: number
  strategy: string
  size: number
  state: 'copying' | 'kept' | 'failed'
  copied: number
  problem: string | null
}

export interface MirroredVideo {
  name: string
  uuid: string
  redundancies: { streamingPlaylists: Copy[] }
}

export interface Follow {
  id: number
  follower: FollowActor
  following: FollowActor
  state: 'pending' | 'accepted' | 'rejected'
  createdAt: string
}

export interface Me {
  username: string
  videoQuota: number
  videoChannels?: { id: number, name: string, displayName: string }[]
}

/** Video states that pages tell apart. */
export const PUBLISHED = 1
export const TO_TRANSCODE = 2
export const TRANSCODING_FAILED = 7

/** Privacy levels whose files need a token. */
export const NEEDS_TOKEN = [3, 4, 5]
