// One video in the list of one's own.

import type { Video } from '../api/types.ts'
import { PUBLISHED, TO_TRANSCODE, TRANSCODING_FAILED } from '../api/types.ts'
import { element } from '../ui/dom.ts'
import { timecode } from '../ui/words.ts'

export interface RowActions {
  edit: (video: Video) => void
  statistics: (video: Video) => void
  remove: (video: Video) => void
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

export class Row {
  readonly node = element('li')
  private video: Video
  private readonly thumb = element('span', { class: 'thumb' })
  private readonly title = element('a')
  private readonly meta = element('p', { class: 'meta' })
  private readonly state = element('div', { class: 'state' })
  private readonly progress = element('progress', { max: 100, 'aria-label': 'Transcoding progress' })

  constructor(video: Video, actions: RowActions) {
    this.video = video
    const edit = element('button', { class: 'button small quiet', type: 'button' }, 'Edit')
    const statistics = element('button', { class: 'button small quiet', type: 'button' }, 'Statistics')
    const remove = element('button', { class: 'button small quiet', type: 'button' }, 'Delete')
    edit.addEventListener('click', () => actions.edit(this.video))
    statistics.addEventListener('click', () => actions.statistics(this.video))
    remove.addEventListener('click', () => actions.remove(this.video))
    for (const [button, verb] of [[edit, 'Edit'], [statistics, 'Statistics of'], [remove, 'Delete']] as const) {
      button.setAttribute('aria-label', `${verb} ${video.name}`)
    }
    this.node.append(
      this.thumb,
      element('div', {}, element('h2', {}, this.title), this.meta, this.state),
      element('div', { class: 'row' }, edit, statistics, remove)
    )
    this.draw(null)
  }

  /** Shows newer data; answers what a screen reader should hear of it. */
  update(video: Video): string | null {
    const before = this.video
    this.video = video
    this.draw(before)
    if (wordsOf(before) === wordsOf(video)) return null
    return `${video.name}: ${wordsOf(video)}`
  }

  private draw(before: Video | null): void {
    const { video } = this
    this.title.textContent = video.name
    this.title.href = `/w/${video.shortUUID}`
    const created = DAY.format(new Date(video.createdAt))
    const views = `${video.views.toLocaleString('en')} view${video.views === 1 ? '' : 's'}`
    this.meta.textContent = `${video.privacy.label} · ${views} · ${created}`
    if (JSON.stringify(before?.thumbnails) !== JSON.stringify(video.thumbnails) || before?.duration !== video.duration) {
      this.drawThumb()
    }
    this.drawState()
  }

  private drawThumb(): void {
    const { thumbnails, thumbnailPath, duration } = this.video
    const smallest = [...thumbnails].sort((a, b) => a.width - b.width)[0]
    const src = smallest?.fileUrl ?? thumbnailPath
    this.thumb.replaceChildren(
      ...src ? [element('img', { src, alt: '', width: 16, height: 9, loading: 'lazy' })] : [],
      ...duration > 0 ? [element('span', { class: 'chip' }, timecode(duration))] : []
    )
  }

  private drawState(): void {
    const { state, edgetube } = this.video
    const transcoding = isTranscoding(this.video)
    const kind = transcoding ? 'busy' : state?.id === PUBLISHED ? 'good' : 'bad'
    const badge = element('span', { class: `badge ${kind}`, 'data-state': state?.id ?? 0 }, wordsOf(this.video))
    if (!transcoding) {
      this.state.replaceChildren(badge)
      return
    }
    const percent = edgetube?.transcodingProgress ?? undefined
    if (percent === undefined) this.progress.removeAttribute('value')
    else this.progress.value = percent
    this.state.replaceChildren(badge, this.progress, percent === undefined ? '' : `${Math.round(percent)}%`)
  }
}

/** Whether renditions are still to come: a published video may already play in some. */
export function isTranscoding({ state, edgetube }: Video): boolean {
  return state?.id === TO_TRANSCODE || typeof edgetube?.transcodingProgress === 'number'
}

function wordsOf(video: Video): string {
  const { state } = video
  switch (state?.id) {
    case PUBLISHED: return isTranscoding(video) ? 'Published, more resolutions to come' : 'Published'
    case TO_TRANSCODE: return 'Transcoding'
    case TRANSCODING_FAILED: return 'Transcoding failed'
    default: return state?.label ?? 'Unknown'
  }
}
