// The menu's page on playing from other viewers: a switch, what it does, and what came from where.

import type { Player } from './player.ts'
import { peerShare } from './sharing-rules.ts'
import { element } from '../ui/dom.ts'
import { bytes } from '../ui/words.ts'

/** What everybody must know before taking part. */
export const ADDRESS_NOTICE = 'Viewers of this video send parts of it to each other. Those who do see each other’s IP addresses.'

/** The state in two or three words. */
export function sharingWords({ sharing }: Player): string {
  if (!sharing.isOn) return 'Off'
  const { peers } = sharing.traffic
  return peers === 0 ? 'On' : `On, ${viewers(peers)}`
}

/** The page below its title; `update` shows the newest numbers. */
export function sharingPanel(player: Player): { nodes: HTMLElement[], update: () => void } {
  const { sharing } = player
  const toggle = element(
    'button', { class: 'pl-item pl-switch', type: 'button', role: 'switch', 'aria-describedby': 'pl-sharing-note', 'data-sharing': true },
    element('span', {}, 'Play from other viewers')
  )
  toggle.addEventListener('click', () => {
    sharing.turn(!sharing.isOn)
    update()
  })
  const meter = element('div', { class: 'pl-meter', 'aria-hidden': 'true' })
  const [fromViewers, fromSite, sent, connected] = [value('peers'), value('edge'), value('sent'), value('viewers')]
  const update = () => {
    const { edgeBytes, peerBytes, sentBytes, peers } = sharing.traffic
    const share = peerShare(peerBytes, edgeBytes)
    toggle.setAttribute('aria-checked', String(sharing.isOn))
    meter.style.setProperty('--share', `${share ?? 0}%`)
    fromViewers.textContent = share === null ? bytes(0) : `${bytes(peerBytes)} (${share}%)`
    fromSite.textContent = bytes(edgeBytes)
    sent.textContent = bytes(sentBytes)
    connected.textContent = String(peers)
  }
  update()
  const facts = element(
    'dl', { class: 'pl-facts' },
    ...row('From viewers', fromViewers, 'viewers'), ...row('From this site', fromSite, 'site'),
    ...row('Sent to viewers', sent), ...row('Connected viewers', connected)
  )
  return { nodes: [toggle, meter, facts, element('p', { class: 'pl-note', id: 'pl-sharing-note' }, ADDRESS_NOTICE)], update }
}

function row(words: string, value: HTMLElement, key = ''): HTMLElement[] {
  return [element('dt', { class: key }, words), value]
}

function value(name: string): HTMLElement {
  return element('dd', { 'data-traffic': name })
}

function viewers(count: number): string {
  return count === 1 ? '1 viewer' : `${count} viewers`
}
