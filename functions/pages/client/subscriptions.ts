// The channels that one follows, and what they have published.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { Channel, ResultList, Video } from './api/types.ts'
import { channelCard, handleOf, videoCard } from './library/cards.ts'
import { complain } from './ui/complain.ts'
import { element, find } from './ui/dom.ts'

const PER_PAGE = 24
const CHANNELS = 100

const form = find<HTMLFormElement>('[data-add]')
const field = find<HTMLInputElement>('#uri')
const problem = find('.needs-session > [data-problem]')
const announce = find('[data-announce]')
const videos = find('[data-videos]')
const more = find<HTMLButtonElement>('[data-more]')

async function showChannels(): Promise<void> {
  const list = await request<ResultList<Channel>>(`/users/me/subscriptions?count=${CHANNELS}`, { session: 'require' })
  find('[data-total]').textContent = `${list.total} channel${list.total === 1 ? '' : 's'}`
  find('[data-channels-section]').hidden = list.total === 0
  find('[data-channels]').replaceChildren(...list.data.map(channel => {
    const leave = element('button', { class: 'button small quiet', type: 'button', 'aria-label': `Unsubscribe from ${channel.displayName}` }, 'Unsubscribe')
    leave.addEventListener('click', () => void unsubscribe(channel, leave))
    return channelCard(channel, leave)
  }))
}

async function showVideos(from: number): Promise<void> {
  const list = await request<ResultList<Video>>(`/users/me/subscriptions/videos?start=${from}&count=${PER_PAGE}`, { session: 'require' })
  const cards = list.data.map(video => videoCard(video, 'h3'))
  if (from === 0) videos.replaceChildren(...cards)
  else videos.append(...cards)
  // Whoever asked for more goes on reading where it begins.
  if (from > 0) cards[0]?.querySelector('a')?.focus()
  videos.setAttribute('aria-busy', 'false')
  find('[data-empty]').hidden = list.total > 0
  more.hidden = videos.children.length >= list.total
}

async function refresh(): Promise<void> {
  try {
    await Promise.all([showChannels(), showVideos(0)])
    complain(problem, null)
  } catch (error) {
    complain(problem, error)
  }
}

async function unsubscribe(channel: Channel, button: HTMLButtonElement): Promise<void> {
  button.disabled = true
  try {
    await request(`/users/me/subscriptions/${encodeURIComponent(handleOf(channel))}`, { method: 'DELETE', session: 'require' })
    announce.textContent = `No longer subscribed to ${channel.displayName}`
    field.focus()
    await refresh()
  } catch (error) {
    button.disabled = false
    complain(problem, error)
  }
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  const uri = field.value.trim()
  const button = find<HTMLButtonElement>('button', form)
  if (!uri) return
  button.disabled = true
  try {
    await request('/users/me/subscriptions', { method: 'POST', json: { uri }, session: 'require' })
    field.value = ''
    announce.textContent = `${uri} is followed, once its server says so`
    await refresh()
  } catch (error) {
    complain(problem, error)
  } finally {
    button.disabled = false
  }
})

more.addEventListener('click', () => void showVideos(videos.children.length).catch(error => complain(problem, error)))
document.querySelector('.places a[href="/videos/subscriptions"]')?.setAttribute('aria-current', 'page')
if (currentSession()) void refresh()
