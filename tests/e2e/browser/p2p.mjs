// Two, then five viewers of one video: the later ones play from the earlier ones.

import assert from 'node:assert/strict'
import { told, until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

/** Share of the media bytes that each later viewer gets from others. */
const SHARE_MIN = 0.8
/** How much of the video the second one plays while there is no third. */
const ALONE_SECS = 30

await withBrowser(async browser => {
  const first = await Viewer.open(browser)
  await first.playFast()
  // It holds as much again ahead of its position.
  await first.reach(told.durationSecs / 6)
  const second = await join(browser, 'second')
  await assertServedByOne(second)
  const later = [second]
  for (const who of ['third', 'fourth', 'fifth']) later.push(await join(browser, who))
  await first.assertSmooth('first')
  await Promise.all(later.map(viewer => viewer.reach(told.durationSecs / 4)))
  const { sentBytes } = await first.traffic()
  assert.ok(sentBytes > 0, 'the first viewer sent nothing')
  await first.close()

  const [third, fourth, fifth] = later.slice(1)
  await Promise.all(later.map(viewer => viewer.reach(told.durationSecs / 2)))
  for (const [at, viewer] of later.entries()) await assertServed(viewer, `viewer ${at + 2}`)
  await switchQuality(fifth)
  await Promise.all([second, third, fourth].map(viewer => viewer.reach(Infinity)))
  for (const [at, viewer] of [second, third, fourth].entries()) await assertServed(viewer, `viewer ${at + 2} at the end`)
  for (const share of [0.9, 0.2]) {
    await fifth.seekTo(share)
    await fifth.advance(3)
  }
  assert.equal(await fifth.root.getByRole('alert').count(), 0)
}, SHARING_FLAGS)

async function join(browser, who) {
  const viewer = await Viewer.open(browser)
  await viewer.playFast()
  await until(`the ${who} viewer gets something from another`, async () => (await viewer.traffic()).peerBytes > 0)
  return viewer
}

/** Of what a viewer fetches from now on. */
async function assertServedByOne(viewer) {
  const before = await viewer.traffic()
  await viewer.reach((await viewer.state()).time + ALONE_SECS)
  const { peers, peerBytes, edgeBytes } = await viewer.traffic()
  assert.equal(peers, 1)
  const fromPeer = peerBytes - before.peerBytes
  const all = fromPeer + edgeBytes - before.edgeBytes
  console.log(`viewer 2 of 2: ${(fromPeer / all * 100).toFixed(1)} % of ${all} bytes from the first`)
  assert.ok(all > 0 && fromPeer / all > SHARE_MIN, `of two, the second got only ${fromPeer} of ${all} bytes from the first`)
  await viewer.assertSmooth('the second of two')
}

async function assertServed(viewer, who) {
  const { peerBytes, edgeBytes, refused } = await viewer.traffic()
  const share = peerBytes / (peerBytes + edgeBytes)
  console.log(`${who}: ${(share * 100).toFixed(1)} % of ${peerBytes + edgeBytes} bytes from viewers`)
  assert.ok(share > SHARE_MIN, `${who} got only ${(share * 100).toFixed(1)} % from other viewers`)
  // The page's own count is not its own judge.
  assert.ok(viewer.edgeBytes <= edgeBytes * 1.01 + 10_000, `${who} counts ${edgeBytes} of ${viewer.edgeBytes} bytes`)
  assert.equal(refused, 0)
  await viewer.assertSmooth(who)
}

async function switchQuality(viewer) {
  const before = (await viewer.state()).height
  const [other] = (await viewer.qualities()).filter(label => /^\d+p$/.test(label) && label !== `${before}p`)
  await viewer.chooseQuality(other)
  await until(`the picture has ${other}`, async () => (await viewer.state()).height === Number.parseInt(other, 10))
  await viewer.forgetStalls()
  const { time } = await viewer.state()
  await viewer.reach(time + 10)
  await viewer.assertSmooth('the viewer in another quality')
}
