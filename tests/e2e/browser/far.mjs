// A video of a followed server, on the page of the server that follows: its media come from its origin and from whoever
// watches it there.

import assert from 'node:assert/strict'
import { assertNoFaults, told, until, withBrowser } from './chromium.mjs'
import { assertDifferent, assertPicture } from './player.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

await withBrowser(async browser => {
  const there = await Viewer.open(browser, { path: told.originWatch })
  await there.playFast()
  await there.reach(told.durationSecs / 2)

  const here = await Viewer.open(browser, { path: told.watch })
  await here.play()
  const before = await here.picture()
  assertPicture(before)
  await here.advance(1)
  assertDifferent(before, await here.picture())
  await until('it gets something from the viewer at the origin', async () => (await here.traffic()).peerBytes > 0)
  assert.ok(here.media.length > 0, 'no media were asked for')
  const elsewhere = here.media.filter(url => !url.startsWith(`${told.far}/`))
  assert.deepEqual(elsewhere, [], 'media come from their origin')
  await here.assertSmooth('the viewer here')
  assertNoFaults(here.faults)
}, SHARING_FLAGS)
