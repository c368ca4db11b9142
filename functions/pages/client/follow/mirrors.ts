// Copies of other servers' videos that are kept here.

import { request } from '../api/http.ts'
import type { Copy, MirroredVideo, ResultList } from '../api/types.ts'
import { complain } from '../ui/complain.ts'
import { element, find } from '../ui/dom.ts'

/** More than anybody reads at once. */
const MAX_SHOWN = 100
/** While something is being copied its progress is asked for so often. */
const REFRESH_MS = 5_000

const PATH = '/server/redundancy/videos'
const list = find('[data-mirrors]')
const problem = find('.library > [data-problem]')
let timer = 0

export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(unit > 2 ? 1 : 0)} ${units[unit]}`
}

function badge({ state, copied, size, problem: why }: Copy): HTMLElement {
  const words = { copying: `Copying, ${size > 0 ? Math.floor(Math.min(copied / size, 1) * 100) : 0}%`, kept: 'Kept', failed: 'Failed' }[state]
  const kind = { copying: 'busy', kept: 'good', failed: 'bad' }[state]
  return element('span', { class: `badge ${kind}`, ...why ? { title: why } : {} }, words)
}

function row({ name, uuid, redundancies }: MirroredVideo): HTMLElement {
  const copy = redundancies.streamingPlaylists[0]
  if (!copy) return element('li')
  const remove = element('button', { class: 'button small quiet', type: 'button', 'aria-label': `Remove the copy of ${name}` }, 'Remove')
  remove.addEventListener('click', () => {
    remove.disabled = true
    request(`${PATH}/${copy.id}`, { method: 'DELETE', session: 'require' })
      .then(showMirrors)
      .catch(error => { remove.disabled = false; complain(problem, error) })
  })
  return element('li', {},
    element('div', {},
      element('h3', {}, element('a', { href: `/w/${uuid}` }, name)),
      element('p', { class: 'meta' }, [
        copy.state === 'failed' ? copy.problem ?? '' : sizeWords(copy.size),
        copy.strategy === 'manual' ? 'asked for' : copy.strategy.replace('-', ' ')
      ].filter(Boolean).join(' · '))),
    badge(copy),
    element('div', { class: 'row' }, remove))
}

/** Shows them, and again while one is on its way. */
export async function showMirrors(): Promise<void> {
  clearTimeout(timer)
  const videos = await request<ResultList<MirroredVideo>>(`${PATH}?target=remote-videos&count=${MAX_SHOWN}`, { session: 'require' })
  const copies = videos.data.flatMap(video => video.redundancies.streamingPlaylists)
  list.replaceChildren(...videos.data.map(row))
  list.setAttribute('aria-busy', 'false')
  const bytes = copies.reduce((sum, copy) => sum + copy.size, 0)
  find('[data-mirrors-total]').textContent = videos.total > 0 ? `${videos.total}, ${sizeWords(bytes)}` : '0'
  find('[data-mirrors-empty]').hidden = videos.total > 0
  if (copies.some(copy => copy.state === 'copying')) {
    timer = window.setTimeout(() => { showMirrors().catch(error => complain(problem, error)) }, REFRESH_MS)
  }
}

/** A switch: whether that server's videos are copied. */
export function mirrorSwitch(host: string, isOn: boolean): HTMLElement {
  const box = element('input', { type: 'checkbox', checked: isOn, 'aria-label': `Mirror ${host}` })
  box.addEventListener('change', () => {
    box.disabled = true
    const json = { redundancyAllowed: box.checked }
    request(`/server/redundancy/${encodeURIComponent(host)}`, { method: 'PUT', json, session: 'require' })
      .then(() => complain(problem, null), error => { box.checked = !box.checked; complain(problem, error) })
      .finally(() => { box.disabled = false })
      .then(showMirrors)
      .catch(error => complain(problem, error))
  })
  return element('label', { class: 'check', title: `Copies of ${host}'s videos are kept here, so that more viewers can watch them` }, box, 'Mirror')
}

const form = find<HTMLFormElement>('[data-mirror]')
form.addEventListener('submit', event => {
  event.preventDefault()
  const field = find<HTMLInputElement>('#mirrored')
  // The page's address or the name in it.
  const videoId = field.value.trim().split(/[?#]/, 1)[0]?.replace(/\/+$/, '').split('/').pop()
  if (!videoId) return
  const button = find<HTMLButtonElement>('button', form)
  button.disabled = true
  request(PATH, { method: 'POST', json: { videoId }, session: 'require' })
    .then(() => { field.value = ''; complain(problem, null); return showMirrors() })
    .catch(error => complain(problem, error))
    .finally(() => { button.disabled = false })
})
