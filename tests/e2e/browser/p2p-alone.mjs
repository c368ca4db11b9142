// One viewer alone: no offers and nothing that is not needed; the notice, and the switch.

import assert from 'node:assert/strict'
import { assertNoFaults, told, until, withBrowser } from './chromium.mjs'
import { SHARING_FLAGS, Viewer } from './sharing.mjs'

const SCREENS = [[320, 568], [390, 844], [640, 900], [900, 600], [1440, 900]]

await withBrowser(async browser => {
  await asksTheTrackerOnly(browser)
  await tellsBesideTheControls(browser)
  await isTurnedOff(browser)
  await staysOffOnCellular(browser)
}, SHARING_FLAGS)

async function asksTheTrackerOnly(browser) {
  const viewer = await Viewer.open(browser, { script: noteFirstFrame })
  await viewer.play()
  await until('the tracker is asked', async () => viewer.sockets[0]?.sent.length > 0)
  await viewer.advance(5)
  const said = viewer.sockets.flatMap(socket => socket.sent)
  assert.ok(said.every(({ action, offers }) => action === 'announce' && offers.length === 0), JSON.stringify(said))
  assert.ok(said.length <= 2, `${said.length} messages in five seconds`)
  assert.equal(viewer.sockets.length, 1)
  const { peers, peerBytes, edgeBytes } = await viewer.traffic()
  assert.deepEqual([peers, peerBytes], [0, 0])
  assert.ok(edgeBytes > 0)
  const { frameAt, moduleAt, scriptBytes } = await viewer.page.evaluate(scriptsBeforeFirstFrame)
  assert.ok(moduleAt >= frameAt, `the module for viewers was asked for ${frameAt - moduleAt} ms before the first frame`)
  console.log(`${scriptBytes} bytes of script before the first frame`)
  assertNoFaults(viewer.faults)
  await viewer.close()
}

/** The notice lies neither on the button that starts the video nor on the bar. */
async function tellsBesideTheControls(browser) {
  for (const [width, height] of SCREENS) {
    const viewer = await Viewer.open(browser, { screen: { viewport: { width, height }, hasTouch: width < 900 } })
    const { root } = viewer
    await root.locator('.pl-notice').waitFor()
    const told = () => boxesOf(root.locator('.pl-notice').locator('p, button'))
    const disc = await boxesOf(root.locator('.pl-start i'))
    assert.equal(disc.length, 1, 'it waits for somebody to start it')
    assertApart(disc, await told(), `the start button at ${width} pixels`)
    await viewer.play()
    await root.hover()
    assertApart(await boxesOf(root.locator('.pl-seek, .pl-button')), await told(), `the bar at ${width} pixels`)
    await viewer.close()
  }
}

function boxesOf(locator) {
  return locator.evaluateAll(nodes => nodes.filter(node => node.checkVisibility()).map(node => {
    const { left, top, right, bottom } = node.getBoundingClientRect()
    return { left, top, right, bottom }
  }))
}

function assertApart(some, others, what) {
  assert.ok(some.length > 0 && others.length === 3, `${what}: ${some.length} and ${others.length} boxes`)
  for (const a of some) {
    for (const b of others) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
      assert.ok(apart, `the notice covers ${what}: ${JSON.stringify([a, b])}`)
    }
  }
}

async function isTurnedOff(browser) {
  const viewer = await Viewer.open(browser)
  await viewer.play()
  const notice = viewer.root.getByText('see each other’s IP addresses')
  await notice.first().waitFor()
  await viewer.root.getByRole('button', { name: 'OK', exact: true }).click()
  await until('the notice is gone', async () => await notice.count() === 0)
  await until('the tracker is connected', async () => viewer.sockets[0]?.isOpen)
  await viewer.openSharing()
  const toggle = viewer.root.getByRole('switch', { name: 'Play from other viewers' })
  assert.equal(await toggle.getAttribute('aria-checked'), 'true')
  assert.ok(await notice.isVisible(), 'the menu keeps the notice')
  await toggle.click()
  assert.equal(await toggle.getAttribute('aria-checked'), 'false')
  await until('the tracker is left', async () => !viewer.sockets[0].isOpen)
  assert.equal(viewer.sockets[0].sent.at(-1).event, 'stopped')
  await viewer.page.reload()
  await viewer.play()
  await viewer.advance(3)
  assert.equal(viewer.sockets.length, 1, 'it was turned off for good')
  await viewer.close()
}

async function staysOffOnCellular(browser) {
  const viewer = await Viewer.open(browser, {
    script: () => Object.defineProperty(navigator, 'connection', { value: Object.assign(new EventTarget(), { type: 'cellular' }) })
  })
  await viewer.play()
  await viewer.advance(3)
  assert.deepEqual(viewer.sockets, [])
  await viewer.openSharing()
  await viewer.root.getByRole('switch', { name: 'Play from other viewers' }).click()
  await until('the viewer may still want it', async () => viewer.sockets.length > 0)
  await viewer.close()
  const asked = await Viewer.open(browser, { path: `${told.embed}?p2p=0` })
  await asked.play()
  await asked.advance(3)
  assert.deepEqual(asked.sockets, [], 'a page around the player may turn it off')
  await asked.close()
}

function noteFirstFrame() {
  document.addEventListener('loadeddata', () => { window.firstFrameAt ??= performance.now() }, { capture: true })
}

function scriptsBeforeFirstFrame() {
  const entries = performance.getEntriesByType('resource').filter(({ name }) => /\.js$/.test(new URL(name).pathname))
  const frameAt = window.firstFrameAt
  const moduleAt = entries.find(({ name }) => /\/p2p[-.]/.test(name))?.startTime ?? Infinity
  const before = entries.filter(({ startTime }) => startTime < frameAt)
  return { frameAt, moduleAt, scriptBytes: before.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) }
}
