// The menu's page on playing from other viewers: a switch, what it does, and what came from where.

import type { Player } from './player.ts'
import { peerShare } from './sharing-rules.ts'
import type { Traffic } from './sharing.ts'
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
  const cells = { peerBytes: cell('peerBytes'), edgeBytes: cell('edgeBytes'), sentBytes: cell('sentBytes'), peers: cell('peers'), refused: cell('refused') }
  const refusedWords = element('dt', {}, 'Refused parts')
  const update = () => {
    const { edgeBytes, peerBytes, sentBytes, peers, refused } = sharing.traffic
    const share = peerShare(peerBytes, edgeBytes)
    toggle.setAttribute('aria-checked', String(sharing.isOn))
    meter.style.setProperty('--share', `${share ?? 0}%`)
    show(cells.peerBytes, peerBytes, share === null ? bytes(0) : `${bytes(peerBytes)} (${share}%)`)
    show(cells.edgeBytes, edgeBytes, bytes(edgeBytes))
    show(cells.sentBytes, sentBytes, bytes(sentBytes))
    show(cells.peers, peers, String(peers))
    show(cells.refused, refused, String(refused))
    refusedWords.hidden = cells.refused.hidden = refused === 0
  }
  update()
  const facts = element(
    'dl', { class: 'pl-facts' },
    element('dt', { class: 'viewers' }, 'From viewers'), cells.peerBytes,
    element('dt', { class: 'site' }, 'From this site'), cells.edgeBytes,
    element('dt', {}, 'Sent to viewers'), cells.sentBytes,
    element('dt', {}, 'Connected viewers'), cells.peers,
    refusedWords, cells.refused
  )
  return { nodes: [toggle, meter, facts, element('p', { class: 'pl-note', id: 'pl-sharing-note' }, ADDRESS_NOTICE)], update }
}

function cell(name: keyof Traffic): HTMLElement {
  return element('dd', { 'data-traffic': name })
}

/** The number in words, and as it is for whoever reads the page by program. */
function show(node: HTMLElement, value: number, words: string): void {
  node.textContent = words
  node.dataset['value'] = String(value)
}

function viewers(count: number): string {
  return count === 1 ? '1 viewer' : `${count} viewers`
}
