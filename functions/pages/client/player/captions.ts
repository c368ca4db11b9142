// Captions, drawn by the page: above the control bar, in one style, in every browser.
//
// The browser parses WebVTT and says which cues are due; only iPhones' own full screen draws them
// itself, because nothing of the page is visible there.

import { element } from '../ui/dom.ts'
import type { CaptionTrack } from './data.ts'

export class Captions {
  private readonly video: HTMLVideoElement
  private readonly box = element('div', { class: 'pl-captions', 'aria-live': 'off' })
  private language: string | null = null

  constructor(root: HTMLElement, video: HTMLVideoElement) {
    this.video = video
    root.append(this.box)
    video.addEventListener('webkitbeginfullscreen', () => this.setModes('showing'))
    video.addEventListener('webkitendfullscreen', () => this.setModes('hidden'))
  }

  /** Replaces the tracks and shows `language`, if it is among them. */
  load(tracks: CaptionTrack[], language: string | null): void {
    for (const old of this.video.querySelectorAll('track')) old.remove()
    for (const { language: srclang, label, url } of tracks) {
      const node = element('track', { kind: 'captions', srclang, label, src: url })
      node.track.addEventListener('cuechange', () => this.draw())
      this.video.append(node)
    }
    this.show(tracks.some(track => track.language === language) ? language : null)
  }

  /** Language tag of what is shown. */
  get shown(): string | null {
    return this.language
  }

  show(language: string | null): void {
    this.language = language
    this.setModes('hidden')
    this.draw()
  }

  private setModes(active: TextTrackMode): void {
    for (const track of this.video.textTracks) track.mode = track.language === this.language ? active : 'disabled'
  }

  private draw(): void {
    const track = [...this.video.textTracks].find(each => each.language === this.language && each.mode === 'hidden')
    const lines = [...track?.activeCues ?? []].map(cue => element('p', {}, (cue as VTTCue).getCueAsHTML()))
    this.box.replaceChildren(...lines)
  }
}
