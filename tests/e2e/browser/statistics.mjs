// The owner looks at who has watched, on a phone and on a desktop: figures and curve as told, nothing beyond the edge.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { assertNoFaults, openPage, signIn, told, withBrowser } from './chromium.mjs'

const SCREENS = {
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }
}

await withBrowser(async browser => {
  for (const [screen, options] of Object.entries(SCREENS)) await lookAt(browser, screen, options)
})

async function lookAt(browser, screen, options) {
  const { context, page, faults } = await openPage(browser, options)
  await signIn(page)
  await page.goto('/my-library/videos')
  await page.getByRole('button', { name: `Statistics of ${told.name}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Statistics' })
  await dialog.waitFor()
  for (const [name, value] of Object.entries(told.figures)) {
    const figure = dialog.locator('dl > div').filter({ hasText: name })
    assert.equal(await figure.locator('dd').textContent(), value, name)
  }
  const label = await dialog.getByRole('img').getAttribute('aria-label')
  assert.equal(label, told.curve)
  const box = await dialog.boundingBox()
  const { width, height } = options.viewport
  assert.ok(box.x >= 0 && box.x + box.width <= width && box.height <= height, JSON.stringify(box))
  const close = await dialog.getByRole('button', { name: 'Close' }).boundingBox()
  const content = await dialog.locator('dl').boundingBox()
  const gap = content.x + content.width - (close.x + close.width)
  assert.ok(Math.abs(gap) < 1, `the button is ${gap} pixels off the edge of what is above it`)
  const overflow = await dialog.evaluate(node => node.scrollWidth - node.clientWidth)
  assert.ok(overflow <= 0, `${overflow} pixels too wide`)
  if (told.screenshots) {
    mkdirSync(told.screenshots, { recursive: true })
    await page.screenshot({ path: join(told.screenshots, `statistics-${screen}.png`) })
  }
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  assertNoFaults(faults)
  await context.close()
}
