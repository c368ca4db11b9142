// Where the instance leaves sharing to its viewers: nobody shares unasked, and whoever turns it on does from then on.

import assert from 'node:assert/strict'
import { assertNoFaults, told, until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

await withBrowser(async browser => {
  if (told.isRefused) {
    await isNotOffered(browser, told.watch)
  } else {
    await sharesOnceAsked(browser)
    await isNotOffered(browser, `${told.embed}?p2p=0`)
  }
}, SHARING_FLAGS)

async function sharesOnceAsked(browser) {
  const viewer = await Viewer.open(browser)
  await viewer.play()
  await viewer.advance(2)
  assert.deepEqual(viewer.sockets, [], 'nobody has asked for it')
  await viewer.openSharing()
  const toggle = viewer.root.getByRole('switch', { name: 'Play from other viewers' })
  assert.equal(await toggle.getAttribute('aria-checked'), 'false')
  await toggle.click()
  assert.equal(await toggle.getAttribute('aria-checked'), 'true')
  await until('the tracker is asked', async () => viewer.sockets[0]?.sent.length > 0)

  await viewer.page.reload()
  await viewer.play()
  await until('it is still on', async () => viewer.sockets[1]?.sent.length > 0)
  await viewer.openSharing()
  await toggle.click()
  await until('the tracker is left', async () => !viewer.sockets[1].isOpen)
  await viewer.page.reload()
  await viewer.play()
  await viewer.advance(2)
  assert.equal(viewer.sockets.length, 2, 'it is off again')
  assertNoFaults(viewer.faults)
  await viewer.close()
}

/** Where the channel or the page around an embed says no. */
async function isNotOffered(browser, path) {
  const viewer = await Viewer.open(browser, { path })
  await viewer.play()
  await viewer.root.hover()
  await viewer.root.getByRole('button', { name: 'Settings' }).click()
  await viewer.root.getByRole('menuitem', { name: /^Speed/ }).waitFor()
  assert.equal(await viewer.root.getByRole('menuitem', { name: /^Sharing/ }).count(), 0, path)
  assert.deepEqual(viewer.sockets, [])
  await viewer.close()
}
