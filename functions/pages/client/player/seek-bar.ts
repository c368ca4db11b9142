// The seek bar: what is played and buffered, and a picture of the moment under the pointer.

import type { Player } from './player.ts'
import { cellAt } from './storyboard.ts'
import { element } from '../ui/dom.ts'
import { durationWords, timecode } from '../ui/words.ts'

export class SeekBar {
  readonly node: HTMLElement
  private readonly player: Player
  private readonly buffered = element('div', { class: 'pl-buffered' })
  private readonly played = element('div', { class: 'pl-played' })
  private readonly knob = element('div', { class: 'pl-knob' })
  private readonly frame = element('div', { class: 'pl-frame', hidden: true })
  private readonly moment = element('time')
  private readonly preview: HTMLElement
  /** Seconds under the finger while it holds the knob. */
  private held: number | null = null

  constructor(player: Player) {
    this.player = player
    this.preview = element('div', { class: 'pl-preview', hidden: true }, this.frame, this.moment)
    this.node = element(
      'div', { class: 'pl-seek', role: 'slider', tabindex: 0, 'aria-label': 'Position', 'aria-valuemin': 0 },
      element('div', { class: 'pl-track' }, this.buffered, this.played), this.knob, this.preview
    )
    this.listen()
    this.update()
  }

  private listen(): void {
    const { node, player } = this
    node.addEventListener('pointermove', event => this.onMove(event))
    node.addEventListener('pointerleave', () => { if (this.held === null) this.preview.hidden = true })
    node.addEventListener('pointerdown', event => {
      if (event.button !== 0) return
      node.setPointerCapture(event.pointerId)
      node.classList.add('held')
      this.held = this.secondsAt(event)
      this.onMove(event)
    })
    node.addEventListener('pointerup', () => this.release(true))
    node.addEventListener('pointercancel', () => this.release(false))
    for (const name of ['timeupdate', 'progress', 'durationchange', 'seeking', 'loadedmetadata']) {
      player.video.addEventListener(name, () => this.update())
    }
  }

  private onMove(event: PointerEvent): void {
    const seconds = this.secondsAt(event)
    if (this.held !== null) {
      this.held = seconds
      this.update()
    }
    this.showPreview(seconds)
  }

  private release(commit: boolean): void {
    const target = this.held
    this.held = null
    this.node.classList.remove('held')
    this.preview.hidden = true
    if (commit && target !== null) this.player.seek(target)
    this.update()
  }

  private secondsAt(event: PointerEvent): number {
    const box = this.node.getBoundingClientRect()
    const share = (event.clientX - box.left) / Math.max(1, box.width)
    return Math.min(1, Math.max(0, share)) * this.player.duration
  }

  private update(): void {
    const { video, duration } = this.player
    const now = this.held ?? video.currentTime
    const share = duration > 0 ? Math.min(1, now / duration) : 0
    this.played.style.transform = `scaleX(${share})`
    this.knob.style.left = `${share * 100}%`
    this.buffered.style.background = bufferedStripes(video.buffered, duration)
    this.node.setAttribute('aria-valuemax', String(Math.round(duration)))
    this.node.setAttribute('aria-valuenow', String(Math.round(now)))
    this.node.setAttribute('aria-valuetext', `${durationWords(now)} of ${durationWords(duration)}`)
  }

  private showPreview(seconds: number): void {
    const sheet = this.player.data.storyboard
    this.moment.textContent = timecode(seconds)
    this.frame.hidden = sheet === null
    this.preview.hidden = false
    if (sheet) {
      const { x, y } = cellAt(sheet, seconds)
      const { style } = this.frame
      style.width = `${sheet.spriteWidth}px`
      style.height = `${sheet.spriteHeight}px`
      style.backgroundImage = `url("${CSS.escape(sheet.url) === sheet.url ? sheet.url : encodeURI(sheet.url)}")`
      style.backgroundPosition = `${-x}px ${-y}px`
    }
    // The preview stays inside the player.
    const width = this.node.clientWidth
    const half = this.preview.offsetWidth / 2
    const at = seconds / Math.max(0.001, this.player.duration) * width
    this.preview.style.left = `${Math.min(Math.max(at, half), Math.max(half, width - half))}px`
  }
}

/** One stripe per buffered range. */
function bufferedStripes(ranges: TimeRanges, duration: number): string {
  if (duration <= 0) return 'none'
  const stops: string[] = []
  const percent = (seconds: number) => `${Math.min(100, seconds / duration * 100).toFixed(2)}%`
  for (let at = 0; at < ranges.length; at++) {
    const [from, to] = [percent(ranges.start(at)), percent(ranges.end(at))]
    stops.push(`transparent ${from}`, `rgb(255 255 255 / .5) ${from} ${to}`, `transparent ${to}`)
  }
  return stops.length > 0 ? `linear-gradient(90deg, ${stops.join(', ')})` : 'none'
}
