// A search for an address or handle: whoever is signed in has its own server asked.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { Channel, ResultList, Video } from './api/types.ts'
import { channelCard, videoCard } from './library/cards.ts'
import { wordsOf } from './ui/complain.ts'
import { element, find } from './ui/dom.ts'

const root = find('[data-elsewhere]')
const status = find('[data-asking]', root)

async function ask(words: string): Promise<void> {
  status.textContent = 'Asking its own server.'
  const query = new URLSearchParams({ search: words })
  const [channels, videos] = await Promise.all([
    request<ResultList<Channel>>(`/search/video-channels?${query}`),
    /^https?:/.test(words) ? request<ResultList<Video>>(`/search/videos?${query}`) : { total: 0, data: [] }
  ])
  const found = channels.data.length + videos.data.length
  status.textContent = found === 0 ? 'No channel or video has this address.' : ''
  if (found === 0) return
  // What the page already had is among it.
  for (const known of document.querySelectorAll('main > .found, main > .grid, main > .empty')) known.remove()
  find('[data-answers]', root).replaceChildren(
    ...channels.data.length > 0 ? [element('ul', { class: 'channels' }, ...channels.data.map(channel => channelCard(channel)))] : [],
    ...videos.data.length > 0 ? [element('ul', { class: 'grid' }, ...videos.data.map(video => videoCard(video, 'h2')))] : []
  )
}

if (currentSession()) ask(root.dataset['elsewhere'] ?? '').catch(error => { status.textContent = wordsOf(error) })
