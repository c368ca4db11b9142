// The embed page: the same player, filled to the edges, steered by query and by the page around it.
//
// PeerTube's parameters `mode`, `warningTitle`, `controlBar`, `bigPlayBackgroundColor` and
// `foregroundColor` are accepted and change nothing.

import { ApiError } from './api/problem.ts'
import { answerEmbedApi, openEmbedApi } from './embed-api/methods.ts'
import { addControls } from './player/controls.ts'
import { listenToKeys } from './player/commands.ts'
import { type Engine, pageData, type PlayerData } from './player/data.ts'
import { lookUp } from './player/lookup.ts'
import { announceToSystem } from './player/media-session.ts'
import { lookUpAsking, offerPassword } from './player/password.ts'
import { Player } from './player/player.ts'
import { element, find } from './ui/dom.ts'
import { parseMoment } from './ui/words.ts'

const query = new URLSearchParams(location.search)
const isOn = (name: string) => query.get(name) === '1' || query.get(name) === 'true'
const isOff = (name: string) => query.get(name) === '0' || query.get(name) === 'false'

function begin(root: HTMLElement, data: PlayerData, fileToken: string | null): void {
  const player = new Player(root, data, {
    autoplay: isOn('autoplay'),
    muteToAutoplay: true,
    expectedSize: () => ({ width: innerWidth, height: innerHeight }),
    muted: isOn('muted'),
    loop: isOn('loop'),
    startAt: parseMoment(query.get('start')),
    stopAt: parseMoment(query.get('stop')),
    captions: query.get('subtitle'),
    sharing: isOn('p2p') ? true : isOff('p2p') ? false : null,
    fileToken,
    refresh: async () => (await lookUp(data.uuid, data.engine)).data
  })
  const rate = Number(query.get('playbackRate'))
  if (rate >= 0.25 && rate <= 4) player.video.playbackRate = rate
  if (!isOff('title')) addTitle(root, data, !isOff('peertubeLink'))
  if (isOff('controls')) root.classList.add('bare')
  else addControls(player, { theatre: false })
  listenToKeys(player)
  announceToSystem(player)
  if (api) answerEmbedApi(api, player)
}

function addTitle(root: HTMLElement, data: PlayerData, linked: boolean): void {
  const title = linked
    ? element('a', { href: data.watchUrl, target: '_blank', rel: 'noopener' }, data.title)
    : element('span', {}, data.title)
  root.append(element('div', { class: 'pl-title' }, title))
}

/** A video that the page may not show: with the viewer's own session, or with its password. */
async function openPrivate(root: HTMLElement): Promise<void> {
  const { video: id = '', engineLight: light = '', engineFull: full = '' } = root.dataset
  const engine: Engine = { light, full }
  try {
    const found = await lookUpAsking(id, engine, form => {
      root.querySelector('.veil')?.remove()
      if (form) root.append(form)
    })
    document.title = found.data.title
    begin(root, found.data, found.fileToken)
  } catch (error) {
    const text = error instanceof ApiError && error.status >= 500
      ? 'The server cannot be reached right now.'
      : 'It may be private, still in preparation, or deleted.'
    root.append(element(
      'div', { class: 'veil', role: 'alert' }, element('strong', {}, 'This video is not available'), element('p', {}, text)
    ))
  }
}

const root = find('[data-player]')
// Open from the start: the page around may have to name a password before there is a player.
const api = isOn('api') && window.parent !== window ? openEmbedApi(query.get('scope') ?? 'peertube', offerPassword) : null
const data = pageData()
if (data) begin(root, data, null)
else void openPrivate(root)
