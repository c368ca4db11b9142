// The pages without JavaScript: readable, and a plain player.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, told, withBrowser } from './chromium.mjs'

await withBrowser(async browser => {
  const { page, faults } = await openPage(browser, { javaScriptEnabled: false })
  await page.goto('/')
  await page.getByRole('link', { name: told.title }).first().click()
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), told.title)
  assert.match(await page.getByRole('main').textContent(), /A rabbit, large\./)
  await page.getByRole('link', { name: told.channelName }).first().click()
  await page.getByRole('link', { name: told.title }).first().waitFor()
  // Preloaded scripts are what is switched off.
  assertNoFaults(faults.filter(fault => !fault.startsWith('csp ')))
})
