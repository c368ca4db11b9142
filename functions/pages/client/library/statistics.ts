// Who has watched one of one's videos: figures, and how many were still there at each point.

import { request } from '../api/http.ts'
import type { Video } from '../api/types.ts'
import { element, find } from '../ui/dom.ts'
import { timecode } from '../ui/words.ts'
import { curveOf, shareAt, type Point } from './curve.ts'

interface Overall {
  totalViewers: number
  totalWatchTime: number
  averageWatchTime: number
  viewersPeak: number
  viewersPeakDate: string | null
}

const WIDTH = 600
const HEIGHT = 200
const SVG = 'http://www.w3.org/2000/svg'
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** Opens the dialog with the statistics of a video. */
export async function openStatistics(video: Video): Promise<void> {
  const path = `/videos/${video.uuid}/stats`
  const [overall, retention] = await Promise.all([
    request<Overall>(`${path}/overall`, { session: 'require' }),
    request<{ data: Point[] }>(`${path}/retention`, { session: 'require' })
  ])
  const dialog = find<HTMLDialogElement>('#statistics')
  find('[data-statistics-name]', dialog).textContent = video.name
  find('[data-figures]', dialog).replaceChildren(...figuresOf(video, overall))
  find('[data-curve]', dialog).replaceChildren(...drawingOf(overall.totalViewers, retention.data))
  find('[data-close]', dialog).onclick = () => dialog.close()
  dialog.showModal()
}

function figuresOf({ views, duration }: Video, overall: Overall): HTMLElement[] {
  const { totalViewers, totalWatchTime, averageWatchTime, viewersPeak, viewersPeakDate } = overall
  const percent = duration > 0 ? ` (${Math.round(100 * averageWatchTime / duration)}%)` : ''
  const peakDay = viewersPeakDate ? `, ${DAY.format(new Date(viewersPeakDate))}` : ''
  const figures: [string, string][] = [
    ['Views', views.toLocaleString('en')],
    ['Viewers', totalViewers.toLocaleString('en')],
    ['Watch time', timecode(totalWatchTime)],
    ['On average', `${timecode(averageWatchTime)}${percent}`],
    [`Most at once${peakDay}`, viewersPeak.toLocaleString('en')]
  ]
  return figures.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))
}

function drawingOf(viewers: number, points: Point[]): Element[] {
  const last = points.at(-1)
  if (viewers === 0 || !last) return [element('p', { class: 'meta' }, 'No viewing is counted yet.')]
  const words = [0, 0.25, 0.5, 0.75, 1].map(part => {
    const second = Math.round(last.second * part)
    return `${Math.round(shareAt(points, second))}% at ${timecode(second)}`
  })
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', `Viewers who have seen it: ${words.join(', ')}`)
  const { line, area } = curveOf(points, WIDTH, HEIGHT)
  const half = `M0 ${HEIGHT / 2}H${WIDTH}`
  for (const [name, d] of [['area', area], ['half', half], ['line', line]] as const) {
    const shape = document.createElementNS(SVG, 'path')
    shape.setAttribute('class', name)
    shape.setAttribute('d', d)
    svg.append(shape)
  }
  const scale = element('p', { class: 'scale meta', 'aria-hidden': 'true' },
    element('span', {}, timecode(0)), element('span', {}, timecode(last.second / 2)), element('span', {}, timecode(last.second)))
  return [svg, scale]
}
