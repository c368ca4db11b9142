// The two thumbs under the title, and the report of a video.

import { REASONS } from './actions.ts'
import { ask } from './dialogs.ts'
import { request } from '../api/http.ts'
import { currentSession } from '../api/session.ts'

type Rating = 'like' | 'dislike' | 'none'

export function beginRating(): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-rate]')]
  const video = document.querySelector<HTMLElement>('[data-comments]')?.dataset['video']
  if (!video) return
  const report = document.querySelector<HTMLButtonElement>('[data-report-video]')
  report?.addEventListener('click', () => void reportVideo(video, report))
  if (buttons.length === 0) return
  let mine: Rating = 'none'
  const show = (rating: Rating) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset['rate'] === rating))
  }
  const count = (rating: Rating, step: number) => {
    const cell = buttons.find(button => button.dataset['rate'] === rating)?.querySelector('[data-count]')
    if (cell) cell.textContent = Math.max(0, Number(cell.textContent?.replace(/,/g, '')) + step).toLocaleString('en')
  }
  /** Shows the change at once and takes it back when the server refuses. */
  const rate = async (wanted: Rating) => {
    const before = mine
    const change = (from: Rating, to: Rating) => {
      mine = to
      count(from, -1)
      count(to, 1)
      show(to)
    }
    change(before, wanted)
    for (const button of buttons) button.disabled = true
    try {
      await request(`/videos/${video}/rate`, { method: 'PUT', json: { rating: wanted }, session: 'require' })
    } catch {
      change(wanted, before)
    }
    for (const button of buttons) button.disabled = false
  }
  for (const button of buttons) {
    button.disabled = false
    button.addEventListener('click', () => {
      if (!currentSession()) {
        location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
        return
      }
      const pressed = button.dataset['rate'] as Rating
      void rate(mine === pressed ? 'none' : pressed)
    })
  }
  if (!currentSession()) return
  request<{ rating: Rating }>(`/users/me/videos/${video}/rating`).then(({ rating }) => {
    mine = rating
    show(rating)
  }).catch(() => undefined)
}

async function reportVideo(video: string, button: HTMLButtonElement): Promise<void> {
  const report = await ask('Report this video', REASONS)
  if (!report) return
  try {
    await request('/abuses', { method: 'POST', json: { video: { id: video }, ...report }, session: 'require' })
    button.textContent = 'Reported'
    button.disabled = true
  } catch (error) {
    button.textContent = (error as Error).message
  }
}
