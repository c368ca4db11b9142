// The embed page inside somebody else's page.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { assertNoFaults, openPage, told, withBrowser } from './chromium.mjs'
import { assertDifferent, assertPicture, PlayerUnderTest } from './player.mjs'

await withBrowser(async browser => {
  const blog = await serveBlog()
  const { page, faults } = await openPage(browser)
  await page.goto(blog)
  const frame = page.frameLocator('iframe')
  await frame.locator('[data-player]').waitFor()
  const player = new PlayerUnderTest(frame)
  await player.play()
  const before = await player.picture()
  assertPicture(before)
  await player.advance(1)
  assertDifferent(before, await player.picture())
  assert.ok((await player.state()).duration > 4)
  assertNoFaults(faults.filter(fault => !fault.includes(`(${blog}`)))
})

/** A page of another site, on this machine, as Chromium lets no other page reach this machine. */
async function serveBlog() {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/blog' ? 200 : 204, { 'content-type': 'text/html' })
    response.end(request.url === '/blog' ? `<!doctype html><title>A blog</title>${told.embedHtml}` : undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Another host name than the instance's is another site.
  const host = new URL(told.origin).hostname === 'localhost' ? '127.0.0.1' : 'localhost'
  return `http://${host}:${server.address().port}/blog`
}
