// Every page on phone and desktop, light and dark: no fault, no overflow, nothing moves, and a screenshot if wanted.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { assertNoFaults, assertSteady, noteShifts, openPage, signIn, told, withBrowser } from './chromium.mjs'

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } }
}
/** CSS pixels across the narrowest window that everything fits. */
const NARROWEST_PX = 320
const SCHEMES = ['light', 'dark']

/** Name, path, status, and what must be on the page. */
const PAGES = [
  ['home', '/', 200, told.title],
  ['latest', '/videos/recently-added', 200, told.title],
  ['trending', '/videos/trending', 200, told.title],
  ['watch', told.watch, 200, told.title],
  ['comments', `${told.watch}/comments`, 200, told.title],
  ['channel', told.channel, 200, told.title],
  ['account', told.account, 200, told.title],
  ['embed', told.embed, 200, ''],
  ['about', '/about', 200, 'About'],
  ['login', '/login', 200, 'Sign in'],
  ['upload', '/upload', 200, 'Upload a video'],
  ['library', '/my-library/videos', 200, told.title],
  ['moderation', '/moderation', 200, 'Moderation'],
  ['missing', '/no/such/page', 404, ''],
  ['missing-video', '/w/aaaaaaaaaaaaaaaaaaaaaa', 404, '']
]

await withBrowser(async browser => {
  const session = await storedSession(browser)
  const kinds = Object.keys(SCREENS).flatMap(screen => SCHEMES.map(scheme => [screen, scheme]))
  await Promise.all(kinds.map(([screen, scheme]) => lookAtAll(browser, session, screen, scheme)))
})

async function lookAtAll(browser, session, screen, colorScheme) {
  const { context, page, faults } = await openPage(browser, { ...SCREENS[screen], colorScheme, storageState: session })
  await noteShifts(page)
  for (const [name, path, status, words] of PAGES) {
    await look(page, { path, status, words })
    await shoot(page, `${name}-${screen}-${colorScheme}`)
    // The browser itself reports the 404 that was asked for.
    assertNoFaults(faults.filter(fault => status < 400 || !fault.includes('404')))
    faults.length = 0
  }
  await context.close()
}

async function storedSession(browser) {
  const { context, page } = await openPage(browser)
  await signIn(page)
  const session = await context.storageState()
  await context.close()
  return session
}

async function look(page, { path, status, words }) {
  const response = await page.goto(path)
  assert.equal(response.status(), status, path)
  await page.waitForLoadState('networkidle')
  if (words) await page.getByText(words).filter({ visible: true }).first().waitFor()
  assert.notEqual(await page.title(), '', path)
  await assertSteady(page, path)
  await assertFits(page, path)
}

async function assertFits(page, path) {
  const { width, height } = page.viewportSize()
  for (const narrow of [NARROWEST_PX, width]) {
    await page.setViewportSize({ width: narrow, height })
    // A phone's own width grows with what is too wide for it.
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth) - narrow
    assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide for ${narrow}`)
  }
}

async function shoot(page, name) {
  if (!told.screenshots) return
  mkdirSync(told.screenshots, { recursive: true })
  await page.screenshot({ path: join(told.screenshots, `${name}.png`), fullPage: name.startsWith('home') })
}
