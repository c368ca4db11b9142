// What lies over the picture: the start button, the spinner, and words when there is no picture.

import type { Fault } from './engine.ts'
import { PLAY } from './icons.ts'
import { element, icon } from '../ui/dom.ts'

/** A stall shorter than this shows no spinner. */
const SPIN_AFTER_MS = 250
/** How long a remark such as "Volume 60%" stays. */
const SAY_FOR_MS = 900

const FAULTS: Record<Fault, [title: string, text: string]> = {
  stale: ['This video has moved', 'Its files are no longer where this page looks for them. Reload the page.'],
  network: ['The connection was lost', 'The video could not be loaded. Check your connection and try again.'],
  integrity: [
    'This video was changed on its way to you',
    'A part of it does not match what its publisher signed off, even fresh from the origin. It is not shown.'
  ],
  media: ['This video cannot be played', 'The browser could not decode it.'],
  unsupported: ['This browser cannot play this video', 'It supports neither HLS nor the formats of this video.']
}

export class Layers {
  private readonly root: HTMLElement
  private readonly video: HTMLVideoElement
  private readonly start: HTMLButtonElement
  private readonly spin = element('div', { class: 'pl-spin', hidden: true })
  private readonly said = element('div', { class: 'pl-said', role: 'status' })
  private veil: HTMLElement | null = null
  private spinTimer = 0
  private sayTimer = 0
  private expecting = false

  constructor(root: HTMLElement, video: HTMLVideoElement, onStart: () => void) {
    this.root = root
    this.video = video
    const disc = element('i', {}, icon(PLAY))
    this.start = element('button', { class: 'pl-start', type: 'button', 'aria-label': 'Play' }, disc)
    this.start.addEventListener('click', onStart)
    root.append(this.start, this.spin, this.said)
    root.tabIndex = -1
    for (const name of ['waiting', 'stalled', 'seeking', 'play', 'loadstart']) video.addEventListener(name, () => this.stall())
    for (const name of ['playing', 'canplay', 'seeked', 'pause', 'timeupdate', 'ended']) video.addEventListener(name, () => this.flow())
    video.addEventListener('play', () => this.update())
  }

  /** While autoplay is being tried, the start button would only flash. */
  expectPlay(expecting: boolean): void {
    this.expecting = expecting
    this.update()
  }

  /** A short remark over the picture, also read aloud. */
  say(words: string): void {
    this.said.textContent = words
    this.said.classList.add('on')
    clearTimeout(this.sayTimer)
    this.sayTimer = window.setTimeout(() => this.said.classList.remove('on'), SAY_FOR_MS)
  }

  clear(): void {
    this.veil?.remove()
    this.veil = null
    this.root.classList.remove('veiled')
    this.update()
  }

  showFault(fault: Fault, retry: () => void): void {
    const [title, text] = FAULTS[fault]
    const button = element('button', { type: 'button' }, 'Try again')
    button.addEventListener('click', retry)
    this.cover('alert', title, text, fault === 'unsupported' ? null : button)
  }

  showWaiting(failed: boolean): void {
    if (failed) this.cover('status', 'This video could not be transcoded', 'Its publisher can upload it again.', null)
    else this.cover('status', 'This video is being prepared', 'It starts here as soon as the first resolution is ready.', null)
  }

  /** Words with something to act on, in place of the picture. */
  cover(role: 'alert' | 'status', title: string, text: string, action: HTMLElement | null): void {
    this.veil?.remove()
    this.veil = element('div', { class: 'veil', role }, element('strong', {}, title), element('p', {}, text), action)
    this.root.append(this.veil)
    this.root.classList.add('veiled')
    this.flow()
    this.update()
  }

  update(): void {
    const hadFocus = document.activeElement === this.start
    this.start.hidden = this.veil !== null || this.expecting || !this.root.classList.contains('fresh')
    // Whoever started it by keyboard goes on from here, not from the top of the page.
    if (hadFocus && this.start.hidden) this.root.focus({ preventScroll: true })
  }

  private stall(): void {
    clearTimeout(this.spinTimer)
    this.spinTimer = window.setTimeout(() => {
      const { video } = this
      const wants = !video.paused || video.seeking
      this.spin.hidden = !wants || video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA || this.veil !== null
    }, SPIN_AFTER_MS)
  }

  private flow(): void {
    clearTimeout(this.spinTimer)
    this.spin.hidden = true
    this.update()
  }
}
