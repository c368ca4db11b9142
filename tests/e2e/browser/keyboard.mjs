// Signing in and watching without a mouse: Tab reaches everything on the way, and one sees where one is.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, told, until, withBrowser } from './chromium.mjs'
import { PlayerUnderTest } from './player.mjs'

/** A page with more stops before what one came for is no page for a keyboard. */
const STOPS_MAX = 30

await withBrowser(async browser => {
  const { page, faults } = await openPage(browser)
  await signInByKeyboard(page)
  await watchByKeyboard(page)
  assertNoFaults(faults)
})

async function signInByKeyboard(page) {
  await page.goto('/')
  await tabTo(page, page.getByRole('link', { name: 'Sign in', exact: true }))
  await page.keyboard.press('Enter')
  await page.waitForURL(url => url.pathname === '/login')
  const name = page.getByLabel('Username or e-mail address')
  await until('one may type at once', () => isFocused(name))
  await assertSeen(page)
  await page.keyboard.type(told.username)
  await tabTo(page, page.getByLabel('Password'))
  await page.keyboard.type(told.password)
  await tabTo(page, page.getByRole('main').getByRole('button', { name: 'Sign in' }))
  await page.keyboard.press('Enter')
  await page.waitForURL(url => url.pathname !== '/login')
}

async function watchByKeyboard(page) {
  await page.goto(`${told.watch}?autoplay=0`)
  const player = new PlayerUnderTest(page)
  await tabTo(page, player.root.locator('.pl-start'))
  await page.keyboard.press('Enter')
  await player.advance(0.3)
  assert.ok(await player.root.evaluate(node => node.contains(document.activeElement)), 'the focus is lost')
  await tabTo(page, player.root.getByRole('slider', { name: 'Position' }))
  await tabTo(page, player.root.getByRole('button', { name: 'Pause' }))
  await page.keyboard.press('Enter')
  await until('it is paused', async () => (await player.state()).paused)
  await tabTo(page, player.root.getByRole('button', { name: 'Settings' }))
  await page.keyboard.press('Enter')
  await until('the menu has the focus', () => isFocused(player.root.getByRole('menuitem').first()))
  await assertSeen(page)
  await page.keyboard.press('Escape')
  await until('the button has it again', () => isFocused(player.root.getByRole('button', { name: 'Settings' })))
}

/** Presses Tab until that has the focus; every stop on the way must be seen. */
async function tabTo(page, target) {
  const stops = []
  while (stops.length < STOPS_MAX) {
    await page.keyboard.press('Tab')
    stops.push(await assertSeen(page))
    if (await isFocused(target)) return
  }
  throw new Error(`Tab does not reach ${target}, but ${stops.join(', ')}`)
}

async function isFocused(target) {
  return await target.count() === 1 && target.evaluate(node => node === document.activeElement)
}

/** What has the focus is on screen with a line around it, at the latest once it has faded in; answers its name. */
function assertSeen(page) {
  return until('one sees what has the focus', () => page.evaluate(() => {
    const node = document.activeElement
    const { left, top, right, bottom } = node.getBoundingClientRect()
    const isInside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
    const isOutlined = ['', '::after'].some(part => {
      const { outlineStyle, outlineWidth } = getComputedStyle(node, part || null)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
    })
    let opacity = 1
    for (let up = node; up; up = up.parentElement) opacity *= Number(getComputedStyle(up).opacity)
    const isSeen = isInside && isOutlined && opacity > 0.9
    return isSeen && `${node.nodeName} ${node.getAttribute('aria-label') ?? node.textContent.trim()}`
  }), 3_000)
}
