// A channel of another server, found by its handle and subscribed to from the pages of one's own.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, signIn, told, until, withBrowser } from './chromium.mjs'

await withBrowser(async browser => {
  const { page, faults } = await openPage(browser)
  await signIn(page)
  await page.goto('/')
  await page.getByLabel('Search videos').fill(told.handle)
  await page.keyboard.press('Enter')
  await page.waitForURL(url => url.searchParams.get('search') === told.handle)
  const found = page.locator('[data-answers]').getByRole('listitem').filter({ hasText: `@${told.handle}` })
  await found.getByRole('link').click()
  await page.waitForURL(url => url.pathname === `/c/${told.handle}`)
  assert.match(await page.locator('.handle').first().textContent(), new RegExp(`^@${told.handle}$`))

  const button = page.locator('[data-subscribe]').first()
  await until('it may be pressed', () => button.isEnabled())
  assert.equal(await button.textContent(), 'Subscribe')
  await button.click()
  // The other server has to say yes, and this page does not wait for that.
  await until('it is asked for', async () => /^(Requested|Subscribed)$/.test(await button.textContent()))
  await until('it says so', async () => {
    await page.reload()
    await until('it may be pressed again', () => button.isEnabled())
    return await button.textContent() === 'Subscribed'
  })
  assert.equal(await button.getAttribute('aria-pressed'), 'true')
  assertNoFaults(faults)
})
