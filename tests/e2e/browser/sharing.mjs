// Viewers that play from each other, and what every script asks of them.

import assert from 'node:assert/strict'
import { openPage, told, until } from './chromium.mjs'
import { PlayerUnderTest } from './player.mjs'

/** WebRTC between pages of this machine: their addresses would need multicast DNS otherwise. */
export const SHARING_FLAGS = ['--disable-features=WebRtcHideLocalIpsWithMdns', '--mute-audio']
/** Faster than real time, so that three minutes take one; whoever keeps up with this keeps up. */
const RATE = 3
const SCREEN = { viewport: { width: 900, height: 600 } }

export class Viewer extends PlayerUnderTest {
  /** Opens the video in a browser of its own, which knows nothing of the others. */
  static async open(browser, { script = null, path = told.watch, screen = SCREEN } = {}) {
    const { context, page, faults } = await openPage(browser, screen)
    if (script) await page.addInitScript(script)
    await page.addInitScript(noteStalls)
    const viewer = new Viewer(page)
    Object.assign(viewer, { context, page, faults, edgeBytes: 0, media: [], sockets: [] })
    page.on('response', response => {
      if (!/-fragmented\.mp4/.test(response.url())) return
      viewer.media.push(response.url())
      viewer.edgeBytes += Number(response.headers()['content-length'] ?? 0)
    })
    page.on('websocket', socket => {
      const record = { url: socket.url(), sent: [], isOpen: true }
      socket.on('framesent', ({ payload }) => record.sent.push(JSON.parse(String(payload))))
      socket.on('close', () => { record.isOpen = false })
      viewer.sockets.push(record)
    })
    await page.goto(path)
    return viewer
  }

  async playFast(rate = RATE) {
    await this.play()
    await this.video.evaluate((video, rate) => { video.playbackRate = rate }, rate)
  }

  /** Waits until the position is at a moment, or the end is reached. */
  async reach(seconds, patienceMs = 120_000) {
    await until(`it plays to ${seconds} s`, async () => {
      const { time, ended } = await this.state()
      return ended || time >= seconds
    }, patienceMs)
  }

  /** The numbers of the menu's page on sharing. */
  async traffic() {
    await this.openSharing()
    const cells = await this.root.locator('[data-traffic]').evaluateAll(nodes => (
      nodes.map(node => [node.dataset.traffic, Number(node.dataset.value)])
    ))
    await this.closeMenu()
    return Object.fromEntries(cells)
  }

  /** Of all media bytes, the share that other viewers sent. */
  async peerShare() {
    const { peerBytes, edgeBytes } = await this.traffic()
    return peerBytes / (peerBytes + edgeBytes)
  }

  openSharing() {
    return this.openMenu('Sharing')
  }

  async closeMenu() {
    await this.page.keyboard.press('Escape')
    await this.page.keyboard.press('Escape')
  }

  /** Moments at which the picture stood still although nobody had asked for that. */
  stalls() {
    return this.page.evaluate(() => window.stalls)
  }

  /** Forgets them: what comes was asked for. */
  forgetStalls() {
    return this.page.evaluate(() => { window.stalls.length = 0 })
  }

  async assertSmooth(who) {
    assert.deepEqual(await this.stalls(), [], `${who} stood still`)
    assert.equal(await this.root.getByRole('alert').count(), 0, `${who} complains`)
  }

  close() {
    return this.context.close()
  }
}

/**
 * In the page: notes every wait for data after the first picture, with its position. A wait with
 * data at hand is the decoder's, on a machine that decodes for five at once.
 */
function noteStalls() {
  const ENOUGH_SECS = 0.5
  window.stalls = []
  let playing = false
  document.addEventListener('playing', () => { playing = true }, { capture: true })
  document.addEventListener('waiting', ({ target: { buffered, currentTime, duration } }) => {
    const ranges = Array.from({ length: buffered.length }, (_, at) => [buffered.start(at), buffered.end(at)])
    const ahead = Math.max(0, ...ranges.filter(([start]) => start <= currentTime).map(([, end]) => end - currentTime))
    if (playing && ahead < ENOUGH_SECS && duration - currentTime > ENOUGH_SECS) window.stalls.push({ currentTime, ranges })
  }, { capture: true })
}
