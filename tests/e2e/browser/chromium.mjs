// Chromium under test, and what every script asks of it.

import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

/** What the Rust test tells: one JSON argument. */
export const told = JSON.parse(process.argv[2])

// The Rust test holds our standard input open: when it dies, we do, and the browser with us.
process.stdin.on('close', () => process.exit(1)).resume()

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'
]
export const PATIENCE_MS = 30_000
const POLL_MS = 50

/** Runs `test` with a browser; any failure ends the process with its stack. */
export async function withBrowser(test, flags = []) {
  const browser = await chromium.launch({ executablePath: told.chromium, args: [...FLAGS, ...flags] })
  try {
    await test(browser)
  } catch (error) {
    console.error(error.stack ?? error)
    for (const fault of allFaults) console.error(`seen: ${fault}`)
    process.exitCode = 1
  } finally {
    await browser.close()
    process.stdin.destroy()
  }
  process.exit()
}

/** A page whose faults are collected; `options` are Playwright's for a context. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ baseURL: told.origin, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const faults = collectFaults(page)
  return { context, page, faults }
}

/** Of all pages, for the report of a failure. */
const allFaults = []

/** Console errors, exceptions and failed requests, as texts. */
function collectFaults(page) {
  const faults = []
  const note = fault => {
    faults.push(fault)
    allFaults.push(fault)
  }
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) {
      note(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    }
  })
  page.on('pageerror', error => note(`exception: ${error.stack ?? error}`))
  page.on('response', response => {
    if (response.status() >= 400) note(`${response.status()} ${response.url()}`)
  })
  page.on('requestfailed', request => {
    const { errorText } = request.failure() ?? {}
    // Seeking and leaving abort downloads that are no longer wanted.
    if (errorText !== 'net::ERR_ABORTED') note(`${errorText} ${request.url()}`)
  })
  return faults
}

export function assertNoFaults(faults) {
  assert.deepEqual(faults, [])
}

/** How far what is read may jump while a page arrives: of the window, what moved and how far. */
const SHIFT_MAX = 0.02

/** To be called before a page is opened whose layout is to stay where it is. */
export function noteShifts(page) {
  return page.addInitScript(() => {
    window.shifts = []
    const name = ({ node, previousRect: { x, y }, currentRect }) => (
      `${node?.nodeName} ${node?.className ?? ''} from ${x},${y} to ${currentRect.x},${currentRect.y}`
    )
    new PerformanceObserver(list => {
      for (const { hadRecentInput, value, sources } of list.getEntries()) {
        if (!hadRecentInput) window.shifts.push({ value, what: sources.map(name) })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

export async function assertSteady(page, what) {
  const shifts = await page.evaluate(() => window.shifts)
  const sum = shifts.reduce((sum, { value }) => sum + value, 0)
  assert.ok(sum < SHIFT_MAX, `${what} shifts by ${sum.toFixed(3)}: ${JSON.stringify(shifts)}`)
}

/** Asks again and again until the answer is true or an object; the patience is for all of it. */
export async function until(what, ask, patienceMs = PATIENCE_MS) {
  const end = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${patienceMs} ms in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}

/** Signs in by the form, as a person does. */
export async function signIn(page) {
  await page.goto('/login')
  await page.getByLabel('Username or e-mail address').fill(told.username)
  await page.getByLabel('Password').fill(told.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(url => url.pathname !== '/login')
}
