// Comments and likes under a video: a stranger reads, people write, the owner decides.

import assert from 'node:assert/strict'
import { assertSteady, noteShifts, openPage, signIn, told, until, withBrowser } from './chromium.mjs'

await withBrowser(async browser => {
  await readWithoutScripts(browser)
  await readAsStranger(browser)
  await talkAs(browser, 'bob')
  await decide(browser)
})

async function readWithoutScripts(browser) {
  const { context, page } = await openPage(browser, { javaScriptEnabled: false })
  await page.goto(told.watch)
  await page.getByRole('link', { name: '2 comments' }).click()
  await page.getByRole('heading', { name: '2 comments' }).waitFor()
  assert.equal(await page.locator('.said .prose em').textContent(), 'large')
  assert.equal(await page.locator('.said .prose img').count(), 0, 'pictures of strangers are words')
  assert.equal(await page.locator('.answers .said').count(), 1)
  await context.close()
}

async function readAsStranger(browser) {
  const { context, page } = await openPage(browser, { viewport: { width: 390, height: 844 } })
  await noteShifts(page)
  await open(page)
  assert.equal(await page.locator('[data-do]').count(), 0, 'controls are for people of this instance')
  const address = page.getByLabel('Address of this video')
  await page.getByText('Reply from your own server').click()
  assert.equal(await address.inputValue(), `${told.origin}/videos/watch/${told.uuid}`)
  await assertSteady(page, 'the page with comments')
  await page.getByRole('button', { name: /^Like/ }).click()
  await page.waitForURL(/\/login\?next=/)
  await context.close()
}

async function open(page) {
  await page.goto(told.watch)
  await page.locator('#comments').scrollIntoViewIfNeeded()
  await page.locator('[data-talk]').waitFor()
}

async function talkAs(browser, username) {
  const { context, page } = await openPage(browser)
  told.username = username
  await signIn(page)
  await open(page)
  const like = page.getByRole('button', { name: /^Like/ })
  await like.click()
  await until('the like is counted', async () => (await details()).likes === 1)
  assert.equal(await like.getAttribute('aria-pressed'), 'true')

  await save(page)

  await page.getByLabel('Your comment').fill('From the **browser**')
  await page.getByRole('button', { name: 'Comment', exact: true }).click()
  const mine = page.locator('article', { has: page.locator('strong', { hasText: 'browser' }) })
  await mine.waitFor()
  await until('the comment has the focus', () => mine.evaluate(node => node === document.activeElement))
  await mine.getByRole('button', { name: /^Reply/ }).click()
  await page.getByLabel('Your reply').fill('And an answer')
  await mine.getByRole('button', { name: 'Reply', exact: true }).click()
  await page.locator('.answers').getByText('And an answer').waitFor()
  await page.getByRole('link', { name: 'All comments' }).click()
  await page.locator('article', { hasText: 'And an answer' }).getByRole('button', { name: /^Delete/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await until('the answer is gone', async () => await page.getByText('And an answer').count() === 0)
  await page.goto('/')
  assert.equal(await page.evaluate(() => document.documentElement.dataset.session), '')
  await context.close()
}

async function details() {
  return (await fetch(`${told.origin}/api/v1/videos/${told.uuid}`)).json()
}

/** Into one's playlists, on a phone, too. */
async function save(page) {
  await page.setViewportSize({ width: 390, height: 844 })
  const button = page.getByText('Save', { exact: true })
  await page.route('**/api/v1/users/me', route => route.abort(), { times: 1 })
  await button.click()
  await page.locator('[data-save] [data-problem]').getByText('could not be reached').waitFor()
  await button.click()
  await button.click()
  await page.getByLabel('Watch later').check()
  await page.getByLabel('New playlist').fill('Reels')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByLabel('Reels').waitFor()
  await until('the new list holds the video', async () =>
    await page.getByLabel('Reels').isChecked() && await page.getByLabel('Watch later').isEnabled())
  const panel = await page.locator('[data-save] .panel').boundingBox()
  assert.ok(panel.x >= 0 && panel.x + panel.width <= 390, `the panel is at ${panel.x}, ${panel.width} wide`)
  await page.setViewportSize({ width: 1280, height: 800 })
  // Whoever is quicker than the script gets the lists, too.
  let letScriptCome
  const held = new Promise(resolve => { letScriptCome = resolve })
  await page.route(/\/client\/talk-/, async route => {
    await held
    await route.continue()
  })
  await page.reload()
  await page.getByText('Save', { exact: true }).click()
  letScriptCome()
  await until('both lists hold the video', async () =>
    await page.getByLabel('Watch later').isChecked() && await page.getByLabel('Reels').isChecked())
  await page.getByLabel('Watch later').uncheck()
  await until('it is taken out', async () => await page.getByLabel('Watch later').isEnabled())
  assert.equal(await page.getByLabel('Watch later').isChecked(), false)
  await page.getByText('Save', { exact: true }).click()
}

async function decide(browser) {
  const { context, page } = await openPage(browser)
  told.username = 'root'
  await signIn(page)
  await open(page)
  const first = page.locator(`#comment-${told.first} > article`)
  await first.getByRole('button', { name: /^Report/ }).click()
  await page.getByLabel('Spam or misleading').check()
  await page.getByLabel('What is wrong?').fill('It is too large')
  await page.getByRole('dialog').getByRole('button', { name: 'Report' }).click()
  await until('the report is taken', async () => /Thank you/.test(await page.locator('[data-status]').textContent()))
  await page.goto('/moderation')
  const report = page.getByRole('listitem').filter({ hasText: 'It is too large' })
  await report.getByRole('button', { name: 'Accept' }).click()
  await page.getByText('No reports.').waitFor()
  await page.getByLabel('Handle or server').fill('bob')
  await page.getByRole('button', { name: 'Block', exact: true }).click()
  await page.getByRole('listitem').filter({ hasText: '@bob@' }).waitFor()
  await page.goto(told.watch)
  await page.locator('#comments').scrollIntoViewIfNeeded()
  await page.getByText('Nobody has said anything yet.').waitFor()
  await context.close()
}
