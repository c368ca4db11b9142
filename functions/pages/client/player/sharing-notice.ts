// Said once per browser, when a video is played from other viewers for the first time.

import type { Player } from './player.ts'
import { ADDRESS_NOTICE } from './sharing-panel.ts'
import { element } from '../ui/dom.ts'
import { remember } from '../ui/storage.ts'

/** Long enough to be read twice; the menu keeps the same words. */
const SHOWN_FOR_MS = 20_000

export function tellOnce(player: Player): void {
  const { root, sharing } = player
  // Empty at first, as screen readers speak what is added to a region that they know.
  const region = element('div', { role: 'status' })
  root.append(region)
  sharing.addEventListener('first', () => region.replaceChildren(notice(player)), { once: true })
}

function notice({ root, sharing, layers }: Player): HTMLElement {
  const agree = element('button', { type: 'button' }, 'OK')
  const refuse = element('button', { type: 'button', class: 'plain' }, 'Turn off')
  const box = element('div', { class: 'pl-notice' }, element('p', {}, ADDRESS_NOTICE), element('div', {}, agree, refuse))
  const close = () => {
    clearTimeout(timer)
    const hadFocus = box.contains(document.activeElement)
    box.remove()
    if (hadFocus) root.querySelector<HTMLElement>('.pl-button')?.focus()
    remember('p2p-told', true)
  }
  const timer = window.setTimeout(() => { if (!box.matches(':hover, :focus-within')) close() }, SHOWN_FOR_MS)
  agree.addEventListener('click', close)
  refuse.addEventListener('click', () => {
    sharing.turn(false)
    close()
    layers.say('Playing from this site only')
  })
  return box
}
