// A segment that was changed on its way must not reach the decoder.

import assert from 'node:assert/strict'
import { openPage, told, until, withBrowser } from './chromium.mjs'
import { PlayerUnderTest } from './player.mjs'

await withBrowser(async browser => {
  await refusedWhenAlwaysChanged(browser)
  await repairedWhenChangedOnce(browser)
})

/** Flips one byte of media ranges while `isChanged(range)`; answers the ranges that were changed. */
async function flipBytes(context, isChanged) {
  const changed = []
  await context.route(/-fragmented\.mp4/, async route => {
    const { range = '' } = route.request().headers()
    if (!range || isInit(range) || !isChanged(range, changed)) return route.continue()
    const response = await route.fetch()
    const body = await response.body()
    body[body.length >> 1] ^= 1
    changed.push(range)
    return route.fulfill({ response, body })
  })
  return changed
}

/** The initialisation section alone has no published hash. With the first segment, the middle is that segment's. */
function isInit(range) {
  const [first, last] = range.replace('bytes=', '').split('-').map(Number)
  return first === 0 && last < 5_000
}

async function refusedWhenAlwaysChanged(browser) {
  const { context, page } = await openPage(browser)
  const changed = await flipBytes(context, () => true)
  await page.goto(told.watch)
  const alert = page.locator('[data-player]').getByRole('alert')
  await until('the player complains or offers to play', async () => {
    const start = page.locator('.pl-start')
    // The complaint may cover it in this very moment.
    if (await start.isVisible()) await start.click({ timeout: 500 }).catch(() => undefined)
    return alert.isVisible()
  })
  assert.match(await alert.textContent(), /changed on its way/)
  assert.ok(changed.some(range => range.startsWith('bytes=0-')), 'it began with what the page names')
  assert.ok(changed.length >= 3, 'it asked again, and once more past every cache')
  const { time, buffered } = await new PlayerUnderTest(page).state()
  assert.equal(time, 0, 'it played a changed segment')
  assert.equal(buffered, 0, 'it fed a changed segment to the decoder')
  await context.close()
}

async function repairedWhenChangedOnce(browser) {
  const { context, page } = await openPage(browser)
  const changed = await flipBytes(context, (range, before) => !before.includes(range))
  await page.goto(told.watch)
  const player = new PlayerUnderTest(page)
  await player.play()
  await player.advance(1)
  assert.ok(changed.length >= 1, 'nothing was changed')
  assert.equal(await page.locator('[data-player]').getByRole('alert').count(), 0)
  await context.close()
}
