// Cards of videos and channels, as the server's templates draw them.

import type { Channel, Video } from '../api/types.ts'
import { element } from '../ui/dom.ts'
import { durationWords, timecode } from '../ui/words.ts'

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const HUES = 7

/** `name` for ours, `name@host` for others. */
export function handleOf({ name, host }: { name: string, host: string }): string {
  return host === location.host ? name : `${name}@${host}`
}

export function videoCard(video: Video, level: 'h2' | 'h3'): HTMLLIElement {
  const { name, shortUUID, duration, language, channel, views, publishedAt } = video
  const picture = [...video.thumbnails].sort((a, b) => a.width - b.width)[0]
  const src = picture?.fileUrl ?? video.thumbnailPath
  const length = element('span', { class: 'chip' },
    element('span', { class: 'hide' }, `Duration ${durationWords(duration)}`),
    element('span', { 'aria-hidden': 'true' }, timecode(duration)))
  const thumb = element('span', { class: 'thumb' },
    src ? element('img', { src, width: 16, height: 9, alt: '', loading: 'lazy', decoding: 'async' }) : null, length)
  const title = element(level, {}, element('a', { href: `/w/${shortUUID}`, lang: language.id }, name))
  const by = element('p', { class: 'by' }, element('a', { href: `/c/${handleOf(channel)}` }, channel.displayName))
  const meta = element('p', { class: 'meta' }, `${views.toLocaleString('en')} view${views === 1 ? '' : 's'} `,
    element('time', { datetime: publishedAt }, DAY.format(new Date(publishedAt))))
  return element('li', { class: 'card' }, thumb, element('div', { class: 'words' }, title, by, meta))
}

/** The picture of an actor, or its initial on a colour of its own. */
export function face(displayName: string, picture: string | undefined): HTMLElement {
  if (picture) {
    return element('img', { class: 'avatar', src: picture, width: 48, height: 48, alt: '', loading: 'lazy', decoding: 'async' })
  }
  const bytes = new TextEncoder().encode(displayName)
  const hue = bytes.reduce((sum, byte) => sum + byte, 0) % HUES
  const initial = [...displayName.trim()][0]?.toUpperCase() ?? '?'
  return element('span', { class: `avatar hue${hue}`, 'aria-hidden': 'true' }, initial)
}

export function channelCard(channel: Channel, ...actions: HTMLElement[]): HTMLLIElement {
  const { name, host, displayName, avatars } = channel
  return element('li', { class: 'card row' }, face(displayName, avatars[0]?.fileUrl),
    element('div', {},
      element('h3', {}, element('a', { href: `/c/${handleOf(channel)}` }, displayName)),
      element('p', { class: 'meta' }, `@${name}@${host}`)),
    ...actions)
}
