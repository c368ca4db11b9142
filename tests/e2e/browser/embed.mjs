// The embed page inside somebody else's page.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, told, withBrowser } from './chromium.mjs'
import { assertDifferent, assertPicture, PlayerUnderTest } from './player.mjs'

/** Nobody listens there: Playwright answers. */
const BLOG = 'http://127.0.0.1:9/blog'

await withBrowser(async browser => {
  const { context, page, faults } = await openPage(browser)
  await context.route(BLOG, route => route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>A blog</title>${told.embedHtml}`
  }))
  await page.goto(BLOG)
  const frame = page.frameLocator('iframe')
  await frame.locator('[data-player]').waitFor()
  const player = new PlayerUnderTest(frame)
  await player.play()
  const before = await player.picture()
  assertPicture(before)
  await player.advance(1)
  assertDifferent(before, await player.picture())
  assert.ok((await player.state()).duration > 4)
  assertNoFaults(faults)
})
