// A video is played from another server's copy when its own server does not give it, and where there is a copy on the
// page's own server, from there.

import assert from 'node:assert/strict'
import { openPage, told, until, withBrowser } from './chromium.mjs'
import { PlayerUnderTest } from './player.mjs'

await withBrowser(async browser => {
  await playsFromTheCopyWhenTheOriginFails(browser)
  await playsFromItsOwnServersCopy(browser)
})

/** The initialisation section alone has no published hash, and comes from the origin. */
function isInit(range = '') {
  const [first, last] = range.replace('bytes=', '').split('-').map(Number)
  return first === 0 && last < 5_000
}

async function playsFromTheCopyWhenTheOriginFails(browser) {
  const { context, page } = await openPage(browser)
  let refused = 0
  await context.route(`${told.origin}/static/streaming-playlists/**/*-fragmented.mp4`, route => {
    if (isInit(route.request().headers().range)) return route.continue()
    refused += 1
    return route.fulfill({ status: 503 })
  })
  const copied = []
  page.on('response', response => {
    if (response.url().startsWith(`${told.folder}/`)) copied.push(response.status())
  })
  await page.goto(told.watch)
  const player = new PlayerUnderTest(page)
  await player.play()
  await player.advance(1)
  assert.ok(refused > 0, 'nothing was asked of the origin')
  assert.ok(copied.length > 0, 'nothing was asked of the copy')
  assert.ok(copied.every(status => status === 206), `the copy answered ${copied}`)
  assert.equal(await page.locator('[data-player]').getByRole('alert').count(), 0)
  await context.close()
}

async function playsFromItsOwnServersCopy(browser) {
  const { context, page } = await openPage(browser)
  const asked = []
  page.on('request', request => {
    if (/-fragmented\.mp4/.test(request.url())) asked.push(request.url())
  })
  await page.goto(told.mirrorWatch)
  const player = new PlayerUnderTest(page)
  await player.play()
  await player.advance(1)
  await until('segments were asked for', async () => asked.length > 0)
  assert.ok(asked.every(url => url.startsWith(`${told.folder}/`)), `asked ${asked}`)
  await context.close()
}
