// What the instance follows, and who follows it.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { Follow, FollowActor, ResultList } from './api/types.ts'
import { mirrorSwitch, showMirrors } from './follow/mirrors.ts'
import { face } from './library/cards.ts'
import { complain } from './ui/complain.ts'
import { element, find } from './ui/dom.ts'

type Side = 'following' | 'followers'

const PER_PAGE = 20
/** Name of the actor that is a whole PeerTube. */
const INSTANCE = 'peertube'
const BADGES = { pending: 'busy', accepted: 'good', rejected: 'bad' } as const
const WORDS = { pending: 'Waits for an answer', accepted: 'Accepted', rejected: 'Rejected' } as const

const problem = find('.library > [data-problem]')
const announce = find('[data-announce]')
const sure = find<HTMLDialogElement>('#sure')
const lists = { following: find('[data-following]'), followers: find('[data-followers]') }

function handleOf({ name, host }: FollowActor): string {
  return `${name}@${host}`
}

/** A whole server is known by its host. */
function titleOf(actor: FollowActor): string {
  return actor.name === INSTANCE ? actor.host : handleOf(actor)
}

function action(words: string, about: string, run: () => Promise<void>): HTMLButtonElement {
  const button = element('button', { class: 'button small quiet', type: 'button', 'aria-label': `${words} ${about}` }, words)
  button.addEventListener('click', () => {
    button.disabled = true
    run().then(() => complain(problem, null), error => complain(problem, error)).finally(() => { button.disabled = false })
  })
  return button
}

/** Asks before what cannot be taken back; `false` when it is called off. */
async function isSure(title: string, text: string, yes: string): Promise<boolean> {
  find('[data-sure-title]').textContent = title
  find('[data-sure-text]').textContent = text
  find('[data-sure-yes]').textContent = yes
  sure.returnValue = ''
  sure.showModal()
  await new Promise(resolve => sure.addEventListener('close', resolve, { once: true }))
  return sure.returnValue === 'yes'
}

async function say(method: string, path: string, words: string, side: Side): Promise<void> {
  await request(path, { method, session: 'require' })
  announce.textContent = words
  await show(side, 0)
}

function actionsFor(side: Side, { follower, following, state }: Follow): HTMLElement[] {
  if (side === 'following') {
    const title = titleOf(following)
    const target = following.name === INSTANCE ? following.host : handleOf(following)
    return [mirrorSwitch(following.host, following.hostRedundancyAllowed), action('Unfollow', title, async () => {
      if (!await isSure(`Unfollow ${title}?`, 'What it publishes from now on is not listed here any more.', 'Unfollow')) return
      await say('DELETE', `/server/following/${encodeURIComponent(target)}`, `No longer following ${title}`, side)
    })]
  }
  const title = titleOf(follower)
  const path = `/server/followers/${encodeURIComponent(handleOf(follower))}`
  return [
    ...state === 'accepted' ? [] : [action('Accept', title, () => say('POST', `${path}/accept`, `${title} was accepted`, side))],
    ...state === 'rejected' ? [] : [action('Reject', title, () => say('POST', `${path}/reject`, `${title} was rejected`, side))],
    action('Remove', title, async () => {
      if (!await isSure(`Remove ${title}?`, 'It is told nothing more of what is published here, and may ask again.', 'Remove')) return
      await say('DELETE', path, `${title} was removed`, side)
    })
  ]
}

function row(side: Side, follow: Follow, mayChange: boolean): HTMLLIElement {
  const actor = follow[side === 'following' ? 'following' : 'follower']
  const title = titleOf(actor)
  return element('li', {},
    face(actor.host, actor.avatars[0]?.fileUrl),
    element('h3', {}, element('a', { href: actor.url, rel: 'noopener' }, title)),
    element('span', { class: `badge ${BADGES[follow.state]}` }, WORDS[follow.state]),
    mayChange ? element('div', { class: 'row' }, ...actionsFor(side, follow)) : null)
}

async function show(side: Side, from: number): Promise<void> {
  const list = await request<ResultList<Follow>>(`/server/${side}?start=${from}&count=${PER_PAGE}&sort=-createdAt`)
  const node = lists[side]
  const rows = list.data.map(follow => row(side, follow, currentSession() !== null))
  if (from === 0) node.replaceChildren(...rows)
  else node.append(...rows)
  node.setAttribute('aria-busy', 'false')
  find(`[data-${side}-total]`).textContent = String(list.total)
  find(`[data-${side}-empty]`).hidden = list.total > 0
  find(`[data-${side}-more]`).hidden = node.children.length >= list.total
}

const form = find<HTMLFormElement>('[data-follow]')
form.addEventListener('submit', async event => {
  event.preventDefault()
  const field = find<HTMLInputElement>('#targets')
  const targets = field.value.split(/[\s,;]+/).filter(Boolean).map(target => target.replace(/^https?:\/\/|\/+$/g, '').replace(/^@/, ''))
  if (targets.length === 0) return
  const button = find<HTMLButtonElement>('button', form)
  button.disabled = true
  try {
    const json = { hosts: targets.filter(target => !target.includes('@')), handles: targets.filter(target => target.includes('@')) }
    await request('/server/following', { method: 'POST', json, session: 'require' })
    field.value = ''
    announce.textContent = `Asked ${targets.join(', ')}`
    await show('following', 0)
    complain(problem, null)
  } catch (error) {
    complain(problem, error)
  } finally {
    button.disabled = false
  }
})

if (currentSession()) showMirrors().catch(error => complain(problem, error))
for (const side of ['following', 'followers'] as const) {
  find(`[data-${side}-more]`).addEventListener('click', () => {
    void show(side, lists[side].children.length).catch(error => complain(problem, error))
  })
  show(side, 0).catch(error => complain(problem, error))
}
