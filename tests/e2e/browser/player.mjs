// A player on a page or in a frame, as a viewer sees it.

import assert from 'node:assert/strict'
import { until } from './chromium.mjs'

/** How long a press may take of a button that may go away. */
const PRESS_MS = 500
/** Between the brightest and the darkest of a picture that shows nothing, at most. */
const BLANK_LEVELS = 20

/** `frame` is a page or a frame. */
export class PlayerUnderTest {
  constructor(frame) {
    this.frame = frame
    this.root = frame.locator('[data-player]')
    this.video = this.root.locator('video').first()
  }

  /** What the video element says of itself. */
  state() {
    return this.video.evaluate(video => ({
      time: video.currentTime,
      paused: video.paused,
      ended: video.ended,
      duration: video.duration,
      height: video.videoHeight,
      rate: video.playbackRate,
      readyState: video.readyState,
      buffered: video.buffered.length
    }))
  }

  /** Presses the big button unless it plays by itself. */
  async play() {
    const start = this.root.locator('.pl-start')
    await until('it plays', async () => {
      if (!(await this.state()).paused) return true
      // It may begin by itself before the button is reached, which is gone then.
      if (await start.isVisible()) await start.click({ timeout: PRESS_MS }).catch(() => undefined)
      return false
    })
    await this.advance(0.3)
  }

  /** Waits until it has played on by so many seconds. */
  async advance(seconds) {
    const from = (await this.state()).time
    await until(`it plays on from ${from} s`, async () => {
      const { time, ended } = await this.state()
      return time >= from + seconds || ended
    })
  }

  async pause() {
    await this.video.evaluate(video => video.pause())
    await until('it is paused', async () => (await this.state()).paused)
  }

  /** Draws the shown picture; answers a small copy of it, 16 by 9 pixels. */
  picture() {
    return this.video.evaluate(video => {
      const canvas = document.createElement('canvas')
      canvas.width = 16
      canvas.height = 9
      const context = canvas.getContext('2d')
      context.drawImage(video, 0, 0, 16, 9)
      return Array.from(context.getImageData(0, 0, 16, 9).data)
    })
  }

  /** Goes to a share of the duration with the mouse on the seek bar. */
  async seekTo(share) {
    const bar = this.root.getByRole('slider', { name: 'Position' })
    await this.root.hover()
    const box = await bar.boundingBox()
    await bar.click({ position: { x: box.width * share, y: box.height / 2 } })
    const { duration } = await this.state()
    await until(`it is at ${share} of ${duration} s`, async () => {
      const { time, readyState } = await this.state()
      return time >= duration * share - 0.5 && readyState >= 2
    })
  }

  /** Waits for the picture that the seek bar shows of a moment under the mouse; a small copy, as of `picture`. */
  async previewAt(share) {
    const bar = this.root.getByRole('slider', { name: 'Position' })
    await this.root.hover()
    const box = await bar.boundingBox()
    await bar.hover({ position: { x: box.width * share, y: box.height / 2 } })
    const frame = this.root.locator('.pl-frame')
    return until(`the seek bar shows a picture of ${share}`, async () => {
      const png = await frame.screenshot()
      const picture = await this.video.evaluate(shrink, png.toString('base64'))
      return contrastOf(picture) > BLANK_LEVELS && picture
    })
  }

  /** Labels in the quality menu, best first. */
  async qualities() {
    await this.openMenu('Quality')
    const labels = await this.root.getByRole('menuitemradio').allTextContents()
    await this.video.page().keyboard.press('Escape')
    await this.video.page().keyboard.press('Escape')
    return labels
  }

  chooseQuality(label) {
    return this.choose('Quality', label)
  }

  /** Picks a line of a page of the settings menu. */
  async choose(page, label) {
    await this.openMenu(page)
    await this.root.getByRole('menuitemradio', { name: label, exact: true }).click()
  }

  async openMenu(page) {
    await this.root.hover()
    await this.root.getByRole('button', { name: 'Settings' }).click()
    await this.root.getByRole('menuitem', { name: new RegExp(`^${page}`) }).click()
  }
}

/** Two pictures that no eye would take for one: a mean difference of some levels per channel. */
export function assertDifferent(a, b) {
  const difference = a.reduce((sum, level, at) => sum + Math.abs(level - b[at]), 0) / a.length
  assert.ok(difference > 2, `the picture did not change (${difference.toFixed(2)} levels)`)
}

/** A picture that shows something: neither black nor one colour. */
export function assertPicture(a) {
  assert.ok(contrastOf(a) > BLANK_LEVELS, 'the picture is blank')
}

function contrastOf(picture) {
  const levels = picture.filter((_, at) => at % 4 !== 3)
  return Math.max(...levels) - Math.min(...levels)
}

/** In the page: a small copy of a screenshot, without the frame around it. */
async function shrink(_, png) {
  const FRAME_PX = 4
  const bytes = Uint8Array.from(atob(png), character => character.charCodeAt(0))
  const shot = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const canvas = new OffscreenCanvas(16, 9)
  const context = canvas.getContext('2d')
  const { width, height } = shot
  context.drawImage(shot, FRAME_PX, FRAME_PX, width - 2 * FRAME_PX, height - 2 * FRAME_PX, 0, 0, 16, 9)
  return Array.from(context.getImageData(0, 0, 16, 9).data)
}
