// A video that only its viewer's own rights open: the browser builds the watch page from the API.

import type { Engine, PlayerData } from './data.ts'
import { lookUpAsking } from './password.ts'
import { currentSession } from '../api/session.ts'
import type { VideoDetails } from '../api/types.ts'
import { element, find } from '../ui/dom.ts'

type Begin = (root: HTMLElement, data: PlayerData, fileToken: string | null) => void

/** Fills `shell` and starts the player; leaves the page's message where the API refuses. */
export async function showPrivateVideo(shell: HTMLElement, id: string, engine: Engine, begin: Begin): Promise<void> {
  const message = find('[data-message]')
  const video = element('video', { class: 'picture', playsinline: true, preload: 'auto' })
  const player = element('div', { class: 'player', 'data-player': true }, video)
  const stage = element('div', { class: 'stage' }, player)
  const open = () => {
    message.hidden = true
    shell.hidden = false
    shell.append(stage)
  }
  // Whoever is signed in probably came for a video of their own: no flash of the refusal.
  message.hidden = currentSession() !== null
  let found
  try {
    found = await lookUpAsking(id, engine, form => {
      player.querySelector('.veil')?.remove()
      if (!form) return
      open()
      player.append(form)
    })
  } catch {
    message.hidden = false
    return
  }
  open()
  video.setAttribute('aria-label', found.video.name)
  shell.append(story(found.video))
  document.title = document.title.replace(/^.*(?= - )/, () => found.video.name)
  begin(player, found.data, found.fileToken)
}

/** The description stays plain text here: sanitising markdown is the server's work. */
function story(video: VideoDetails): HTMLElement {
  const facts = [`${video.views} views`, video.privacy.label]
  return element(
    'div', { class: 'story' },
    element('h1', {}, video.name),
    element('p', { class: 'facts' }, ...facts.map(fact => element('span', {}, fact)).flatMap(span => [span, ' '])),
    element('p', { class: 'ownerline' }, element('a', { href: `/c/${video.channel.name}` }, video.channel.displayName)),
    element('p', { class: 'prose plain-text' }, video.description ?? '')
  )
}
