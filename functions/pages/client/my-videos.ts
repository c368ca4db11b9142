// The list of one's own videos, with live transcoding progress.

import { request, SignedOut } from './api/http.ts'
import { currentSession } from './api/session.ts'
import type { Me, ResultList, Video } from './api/types.ts'
import { confirmDeletion, openEditor } from './library/dialogs.ts'
import { Row, isTranscoding } from './library/row.ts'
import { openStatistics } from './library/statistics.ts'
import { find } from './ui/dom.ts'
import { bytes } from './ui/words.ts'

const PER_PAGE = 20
/** While something is being transcoded the list is asked this often, rarer in a hidden tab. */
const POLL_MS = 2_000
const POLL_HIDDEN_MS = 15_000

const rows = find('[data-rows]')
const empty = find('[data-empty]')
const problem = find('.needs-session > [data-problem]')
const announce = find('[data-announce]')
const pager = find('[data-pager]')
const shown = new Map<string, Row>()
let page = 0
let timer = 0

async function refresh(): Promise<void> {
  clearTimeout(timer)
  let busy = false
  try {
    const query = `start=${page * PER_PAGE}&count=${PER_PAGE}&sort=-createdAt`
    const list = await request<ResultList<Video>>(`/users/me/videos?${query}`, { session: 'require' })
    busy = list.data.some(isTranscoding)
    draw(list)
    problem.hidden = true
  } catch (error) {
    complain(error)
    busy = !(error instanceof SignedOut)
  }
  if (busy) timer = window.setTimeout(() => void refresh(), document.hidden ? POLL_HIDDEN_MS : POLL_MS)
}

function draw({ total, data }: ResultList<Video>): void {
  rows.setAttribute('aria-busy', 'false')
  empty.hidden = total > 0
  for (const ghost of rows.querySelectorAll('.ghost')) ghost.remove()
  const wanted = new Set(data.map(video => video.uuid))
  for (const [uuid, row] of shown) {
    if (wanted.has(uuid)) continue
    row.node.remove()
    shown.delete(uuid)
  }
  // Rows that are already there keep their place and their focus.
  data.forEach((video, at) => {
    const row = shown.get(video.uuid)
    if (row) {
      const news = row.update(video)
      if (news) announce.textContent = news
      return
    }
    const fresh = new Row(video, { edit, statistics, remove })
    shown.set(video.uuid, fresh)
    rows.insertBefore(fresh.node, rows.children[at] ?? null)
  })
  drawPager(total)
}

function drawPager(total: number): void {
  const pages = Math.max(1, Math.ceil(total / PER_PAGE))
  pager.hidden = pages === 1
  find('[data-page]').textContent = `Page ${page + 1} of ${pages}`
  find<HTMLButtonElement>('[data-previous]').disabled = page === 0
  find<HTMLButtonElement>('[data-next]').disabled = page + 1 >= pages
}

async function edit(video: Video): Promise<void> {
  try {
    if (await openEditor(video)) {
      announce.textContent = 'Changes saved'
      await refresh()
    }
  } catch (error) {
    complain(error)
  }
}

async function statistics(video: Video): Promise<void> {
  try {
    await openStatistics(video)
  } catch (error) {
    complain(error)
  }
}

async function remove(video: Video): Promise<void> {
  if (!await confirmDeletion(video)) return
  try {
    await request(`/videos/${video.uuid}`, { method: 'DELETE', session: 'require' })
    announce.textContent = `${video.name} was deleted`
    await refresh()
  } catch (error) {
    complain(error)
  }
}

function complain(error: unknown): void {
  problem.textContent = error instanceof TypeError ? 'The server could not be reached.' : (error as Error).message
  problem.hidden = false
}

async function showQuota(): Promise<void> {
  const [me, used] = await Promise.all([
    request<Me>('/users/me', { session: 'require' }),
    request<{ videoQuotaUsed: number }>('/users/me/video-quota-used', { session: 'require' })
  ])
  const limit = me.videoQuota < 0 ? 'no limit' : `${bytes(me.videoQuota)} allowed`
  find('[data-quota]').textContent = `${bytes(used.videoQuotaUsed)} of originals, ${limit}`
}

for (const [selector, step] of [['[data-previous]', -1], ['[data-next]', 1]] as const) {
  find(selector).addEventListener('click', () => {
    page += step
    void refresh()
  })
}

if (currentSession()) {
  void refresh()
  showQuota().catch(() => undefined)
}
