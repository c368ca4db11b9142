// The first segment, which the page names, is on screen before hls.js is there, and hls.js goes on from it.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, told, until, withBrowser } from './chromium.mjs'
import { assertDifferent, assertPicture, PlayerUnderTest } from './player.mjs'

/** A viewer who clicked a link on the site may hear sound. */
const FLAGS = ['--autoplay-policy=no-user-gesture-required']

await withBrowser(async browser => {
  await showsAndGoesOn(browser)
  await leavesItWhereItDoesNotBegin(browser)
}, FLAGS)

/** Ranges of media files that are asked for, in order. */
function rangesOf(page) {
  const ranges = []
  page.on('request', request => {
    const { range } = request.headers()
    if (/-fragmented\.mp4/.test(request.url()) && range) ranges.push(range)
  })
  return ranges
}

async function showsAndGoesOn(browser) {
  const { context, page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } })
  const ranges = rangesOf(page)
  let letHlsCome
  const held = new Promise(resolve => { letHlsCome = resolve })
  await context.route(/\/client\/hls-/, async route => {
    await held
    await route.continue()
  })
  await page.goto(told.watch, { waitUntil: 'commit' })
  const player = new PlayerUnderTest(page)
  await until('there is a frame without hls.js', async () => (await player.state()).readyState >= 2)
  await player.advance(0.3)
  const early = await player.picture()
  assertPicture(early)
  assert.equal((await player.state()).height, 720, 'it begins as sharp as the player is large')
  assert.equal(ranges.length, 1, `one request brings it: ${ranges}`)
  letHlsCome()
  await until('it has played to its end', async () => (await player.state()).ended)
  const { time, buffered, duration } = await player.state()
  assert.ok(time > 5 && Math.abs(duration - time) < 0.1, `it ended at ${time} of ${duration} s`)
  assert.equal(buffered, 1, 'there is no hole where hls.js took over')
  assertDifferent(early, await player.picture())
  assert.equal(new Set(ranges).size, ranges.length, `nothing is fetched twice: ${ranges}`)
  assert.ok(!ranges.slice(1).some(range => range.startsWith('bytes=0-')), `what was here is not asked for: ${ranges}`)
  assertNoFaults(faults)
  await context.close()
}

/** Who is asked to press a button, or comes for another moment, loads nothing ahead. */
async function leavesItWhereItDoesNotBegin(browser) {
  for (const query of ['?autoplay=0', '?start=3']) {
    const { context, page } = await openPage(browser)
    const ranges = rangesOf(page)
    await page.goto(`${told.watch}${query}`)
    const player = new PlayerUnderTest(page)
    await until('the player is there', () => page.locator('.pl-bar').count())
    await player.play()
    assert.ok(!ranges.some(isOpening), `${query} asked for ${ranges}`)
    await context.close()
  }
}

/** More than an initialisation section, from the first byte on. */
function isOpening(range) {
  const [first, last] = range.replace('bytes=', '').split('-').map(Number)
  return first === 0 && last > 10_000
}
