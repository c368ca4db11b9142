// What waits for the publisher of videos and for moderators: comments, reports, blocks.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { ResultList } from './api/types.ts'
import { element, find } from './ui/dom.ts'

interface Person { name: string, host: string, displayName: string }
interface Comment { id: number, text: string, createdAt: string, account: Person | null, video: { uuid: string, name: string } }
interface Report {
  id: number
  reason: string
  predefinedReasons: string[]
  createdAt: string
  state: { id: number, label: string }
  reporterAccount: Person | null
  flaggedAccount: Person | null
  video: { uuid: string, name: string, deleted: boolean } | null
  comment: { id: number, text: string, deleted: boolean, video: { uuid: string, name: string } } | null
}
interface Blocked { blockedAccount?: Person, blockedServer?: { host: string } }

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const COUNT = 50
const problem = find('.needs-session > [data-problem]')
const announce = find('[data-announce]')
let isModerator = false

const handle = (who: Person | null) => who ? `${who.name}@${who.host}` : 'somebody'

/** A row with what it is about and what can be done; each button reloads the lists. */
function row(title: Node, lines: string[], buttons: [string, string, () => Promise<unknown>][]): HTMLElement {
  const controls = buttons.map(([label, done, run]) => {
    const button = element('button', { class: 'button small quiet', type: 'button' }, label)
    button.addEventListener('click', () => {
      button.disabled = true
      void run().then(refresh).then(() => { announce.textContent = done }, complain)
        .finally(() => { button.disabled = false })
    })
    return button
  })
  return element(
    'li', {}, element('div', {}, title, ...lines.map(line => element('p', { class: 'plain-text' }, line))),
    element('div', { class: 'row' }, ...controls)
  )
}

function fill(selector: string, rows: HTMLElement[], empty: string): void {
  const list = find(selector)
  list.setAttribute('aria-busy', 'false')
  list.replaceChildren(...rows.length > 0 ? rows : [element('li', { class: 'meta' }, empty)])
}

const api = <T>(method: string, path: string, json?: unknown) =>
  request<T>(path, { method, session: 'require', ...json === undefined ? {} : { json } })

async function showHeld(): Promise<void> {
  const path = isModerator ? '/videos/comments' : '/users/me/videos/comments'
  const list = await api<ResultList<Comment>>('GET', `${path}?isHeldForReview=true&count=${COUNT}&sort=createdAt`)
  fill('[data-held]', list.data.map(comment => {
    const place = `/videos/${comment.video.uuid}/comments/${comment.id}`
    const title = element(
      'p', { class: 'meta' }, `@${handle(comment.account)} on `,
      element('a', { href: `/w/${comment.video.uuid}` }, comment.video.name), ` · ${DAY.format(new Date(comment.createdAt))}`
    )
    return row(title, [comment.text], [
      ['Approve', 'The comment is published', () => api('POST', `${place}/approve`)],
      ['Refuse', 'The comment was removed', () => api('DELETE', place)]
    ])
  }), 'Nothing waits.')
}

async function showReports(): Promise<void> {
  const state = find<HTMLInputElement>('[data-decided]').checked ? '' : '&state=1'
  const list = await api<ResultList<Report>>('GET', `/abuses?count=${COUNT}${state}`)
  fill('[data-reports]', list.data.map(report => {
    const place = report.comment?.video ?? report.video
    const about = report.comment ? `A comment by @${handle(report.flaggedAccount)} on ` : report.video ? 'The video ' : 'The account '
    const title = element(
      'p', {}, about,
      place ? element('a', { href: `/w/${place.uuid}` }, place.name) : `@${handle(report.flaggedAccount)}`, ' ',
      element('span', { class: 'badge' }, report.state.label)
    )
    const from = `@${handle(report.reporterAccount)}, ${DAY.format(new Date(report.createdAt))}: ${report.reason}`
    const said = report.comment && !report.comment.deleted ? [`“${report.comment.text}”`] : []
    const decide = (state: number) => () => api('PUT', `/abuses/${report.id}`, { state })
    const removed = async () => {
      if (report.comment) await api('DELETE', `/videos/${report.comment.video.uuid}/comments/${report.comment.id}`)
      await decide(3)()
    }
    return row(title, [...said, from, ...report.predefinedReasons.length ? [report.predefinedReasons.join(', ')] : []], [
      ...said.length > 0 ? [['Delete comment', 'The comment was deleted', removed]] as [string, string, () => Promise<void>][] : [],
      ['Accept', 'The report is accepted', decide(3)],
      ['Reject', 'The report is rejected', decide(2)]
    ])
  }), 'No reports.')
}

async function showBlocks(): Promise<void> {
  const rows: HTMLElement[] = []
  const whose: [string, string][] = [['/users/me/blocklist', 'for you']]
  if (isModerator) whose.push(['/server/blocklist', 'for everybody'])
  for (const [path, words] of whose) {
    for (const kind of ['accounts', 'servers']) {
      const list = await api<ResultList<Blocked>>('GET', `${path}/${kind}?count=100`)
      for (const { blockedAccount, blockedServer } of list.data) {
        const name = blockedServer?.host ?? handle(blockedAccount ?? null)
        const title = element('p', {}, blockedServer ? name : `@${name}`, ' ', element('span', { class: 'badge' }, words))
        const undo = () => api('DELETE', `${path}/${kind}/${encodeURIComponent(name)}`)
        rows.push(row(title, [], [['Unblock', `${name} is not blocked any more`, undo]]))
      }
    }
  }
  fill('[data-blocks]', rows, 'Nobody is blocked.')
}

async function refresh(): Promise<void> {
  problem.hidden = true
  await Promise.all([showHeld(), isModerator ? showReports() : null, showBlocks()]).catch(complain)
}

function complain(error: unknown): void {
  problem.textContent = error instanceof TypeError ? 'The server could not be reached.' : (error as Error).message
  problem.hidden = false
}

find<HTMLFormElement>('[data-block]').addEventListener('submit', event => {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  const data = new FormData(form)
  const what = String(data.get('what')).trim().replace(/^@/, '')
  const path = data.get('everybody') ? '/server/blocklist' : '/users/me/blocklist'
  const isHost = !what.includes('@') && what.includes('.')
  const [kind, json] = isHost ? ['servers', { host: what }] : ['accounts', { accountName: what }]
  void api('POST', `${path}/${kind}`, json).then(() => {
    form.reset()
    announce.textContent = `${what} is blocked`
    return refresh()
  }, complain)
})
find('[data-decided]').addEventListener('change', () => void showReports().catch(complain))

async function begin(): Promise<void> {
  const me = await request<{ role: { id: number } }>('/users/me', { session: 'require' })
  isModerator = me.role.id < 2
  for (const part of document.querySelectorAll<HTMLElement>('[data-moderators]')) part.hidden = !isModerator
  await refresh()
  find('[data-body]').hidden = false
}

if (currentSession()) void begin().catch(complain)
