// A video through the API: with the viewer's own rights, and fresher than the page.

import { dataFromApi, type Engine, type PlayerData } from './data.ts'
import { request } from '../api/http.ts'
import type { Caption, ResultList, Storyboard, VideoDetails } from '../api/types.ts'
import { NEEDS_TOKEN } from '../api/types.ts'

export interface Lookup {
  video: VideoDetails
  data: PlayerData
  /** `videoFileToken` where the video's files need one. */
  fileToken: string | null
}

/** Everything the player needs; `password` opens password-protected videos. */
export async function lookUp(id: string, engine: Engine, password: string | null = null): Promise<Lookup> {
  const path = `/videos/${encodeURIComponent(id)}`
  const headers: Record<string, string> = password ? { 'x-peertube-video-password': password } : {}
  const video = await request<VideoDetails>(path, { headers })
  const [boards, captions, token] = await Promise.all([
    request<{ storyboards: Storyboard[] }>(`${path}/storyboards`, { headers }).catch(() => ({ storyboards: [] })),
    request<ResultList<Caption>>(`${path}/captions`, { headers }).catch(() => ({ total: 0, data: [] })),
    NEEDS_TOKEN.includes(video.privacy.id)
      ? request<{ files: { token: string } }>(`${path}/token`, { method: 'POST', headers })
      : null
  ])
  return {
    video,
    data: dataFromApi(video, boards.storyboards, captions.data, engine),
    fileToken: token?.files.token ?? null
  }
}
