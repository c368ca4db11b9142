// A viewer that changes what it sends: everybody else plays on, and nobody passes it on.

import assert from 'node:assert/strict'
import { until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

await withBrowser(async browser => {
  const liar = await Viewer.open(browser, { script: changeWhatIsSent })
  await liar.playFast()
  await liar.reach(15)

  const honest = []
  for (const who of ['first', 'second']) {
    const viewer = await Viewer.open(browser)
    await viewer.playFast()
    await viewer.reach(20)
    honest.push(viewer)
    console.log(`the ${who} honest viewer: ${JSON.stringify(await viewer.traffic())}`)
  }
  const [first, second] = honest
  assert.ok((await first.traffic()).refused > 0, 'nothing was refused')
  assert.ok(await liar.page.evaluate(() => window.changed) > 0, 'nothing was changed')
  for (const viewer of honest) await viewer.assertSmooth('an honest viewer')
  // Dropped, and not spoken to again: the two have each other.
  await until('the liar is alone', async () => (await liar.traffic()).peers === 0)
  await until('the honest viewers have each other', async () => (await second.traffic()).peers === 1)
  assert.ok((await second.traffic()).peerBytes > 0)

  await liar.close()
  const third = await Viewer.open(browser)
  await third.playFast()
  await third.reach(20)
  const { refused, peerBytes } = await third.traffic()
  assert.equal(refused, 0, 'a changed segment was passed on')
  assert.ok(peerBytes > 0)
  for (const viewer of [first, second, third]) await viewer.assertSmooth('an honest viewer')
}, SHARING_FLAGS)

/** In the page: flips one byte of every piece of a segment; what is said about segments stays. */
function changeWhatIsSent() {
  window.changed = 0
  const send = RTCDataChannel.prototype.send
  RTCDataChannel.prototype.send = function (data) {
    const bytes = new Uint8Array(data instanceof ArrayBuffer ? data : data.buffer).slice()
    if (bytes.length > 4_000) {
      bytes[bytes.length >> 1] ^= 1
      window.changed += 1
    }
    return send.call(this, bytes)
  }
}
