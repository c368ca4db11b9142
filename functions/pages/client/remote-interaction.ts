// Another server sent somebody here who wants to follow or answer something with their account.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { Channel, ResultList, Video } from './api/types.ts'
import { handleOf } from './library/cards.ts'
import { complain } from './ui/complain.ts'
import { find } from './ui/dom.ts'

const uri = (new URLSearchParams(location.search).get('uri') ?? '').trim().replace(/^acct:/, '')
const status = find('[data-status]')

async function pageOf(uri: string): Promise<string | null> {
  const query = new URLSearchParams({ search: uri })
  const isUrl = /^https?:\/\//.test(uri)
  // A comment's address begins with that of its video.
  const video = isUrl ? uri.replace(/\/comments\/.*$|;threadId=.*$/, '') : null
  const [channels, videos] = await Promise.all([
    request<ResultList<Channel>>(`/search/video-channels?${query}`, { session: 'require' }),
    video
      ? request<ResultList<Video>>(`/search/videos?${new URLSearchParams({ search: video })}`, { session: 'require' })
      : { total: 0, data: [] }
  ])
  const [channel] = channels.data
  if (channel) return `/c/${handleOf(channel)}`
  return videos.data[0] ? `/w/${videos.data[0].shortUUID}` : null
}

find<HTMLInputElement>('#uri').value = uri
find<HTMLAnchorElement>('[data-sign-in]').href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`
if (uri && currentSession()) {
  status.textContent = `Looking for ${uri}`
  pageOf(uri).then(page => {
    if (page) location.replace(page)
    else throw new Error('No channel or video has this address, or its server did not answer.')
  }).catch(error => {
    status.textContent = ''
    complain(find('[data-problem]'), error)
  })
}
