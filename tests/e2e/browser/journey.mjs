// Sign in, upload, wait, watch: what a newcomer does first.

import assert from 'node:assert/strict'
import { assertNoFaults, openPage, signIn, told, until, withBrowser } from './chromium.mjs'
import { assertDifferent, assertPicture, PlayerUnderTest } from './player.mjs'

/** Slow enough that the progress of a megabyte can be seen. */
const UPLOAD_BYTES_PER_SEC = 600_000
const TRANSCODING_PATIENCE_MS = 120_000

await withBrowser(async browser => {
  const { context, page, faults } = await openPage(browser)
  await page.goto('/')
  await page.getByRole('link', { name: 'Sign in', exact: true }).click()
  await refuseWrongPassword(page, faults)
  await signIn(page)
  await upload(context, page)
  const watchPath = await waitInLibrary(page)
  const player = await watch(page, watchPath)
  await useKeysAndMenu(page, player)
  await seekAndSwitch(player)
  await reloadAndResume(page, player)
  assertNoFaults(faults)
})

async function refuseWrongPassword(page, faults) {
  await page.getByLabel('Username or e-mail address').fill(told.username)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  const problem = page.getByRole('alert')
  await problem.waitFor()
  assert.match(await problem.textContent(), /do not belong together/)
  // The browser itself reports the 400.
  assert.ok(faults.every(fault => fault.includes('400')), faults.join('\n'))
  faults.length = 0
}

async function upload(context, page) {
  const devtools = await context.newCDPSession(page)
  await page.goto('/upload')
  await page.getByLabel(/Choose a file/).setInputFiles(told.sample)
  const title = page.getByLabel('Title')
  assert.notEqual(await title.inputValue(), '', 'the file name becomes a title')
  await title.fill('Rabbit in the browser')
  await page.getByLabel('Who can watch').selectOption({ label: 'Public' })
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: UPLOAD_BYTES_PER_SEC
  })
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  const bar = page.getByRole('progressbar', { name: 'Upload progress' })
  await until('the progress bar is on its way', async () => {
    const value = await bar.evaluate(node => node.value).catch(() => 0)
    return value > 0 && value < 100
  })
  await page.getByRole('heading', { name: 'Upload complete' }).waitFor()
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1
  })
}

async function waitInLibrary(page) {
  await page.getByRole('link', { name: 'See its progress' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'Rabbit in the browser' })
  const progress = row.getByRole('progressbar', { name: 'Transcoding progress' })
  await progress.waitFor()
  console.log('waiting for the transcoder')
  const published = row.getByText('Published')
  await until('transcoding shows a number', async () => (
    // A fast machine may be done before the list asks again.
    await published.isVisible() || progress.evaluate(node => node.hasAttribute('value')).catch(() => false)
  ), TRANSCODING_PATIENCE_MS)
  await row.getByText('Published').waitFor({ timeout: TRANSCODING_PATIENCE_MS })
  await until('nothing is left to transcode', async () => await progress.count() === 0, TRANSCODING_PATIENCE_MS)
  return row.getByRole('link', { name: 'Rabbit in the browser' }).getAttribute('href')
}

async function watch(page, path) {
  await page.goto(path)
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Rabbit in the browser')
  const player = new PlayerUnderTest(page)
  await player.play()
  const before = await player.picture()
  assertPicture(before)
  await player.advance(1)
  const after = await player.picture()
  assertDifferent(before, after)
  return player
}

async function useKeysAndMenu(page, player) {
  await player.pause()
  await player.seekTo(0.05)
  await page.keyboard.press('k')
  await until('k plays', async () => !(await player.state()).paused)
  await page.keyboard.press('k')
  await until('k pauses', async () => (await player.state()).paused)
  const before = (await player.state()).time
  await page.keyboard.press('ArrowLeft')
  await until('the left arrow goes back', async () => (await player.state()).time < Math.max(before, 0.01))
  await page.keyboard.press('ArrowRight')
  await until('the right arrow goes on by five seconds', async () => Math.abs((await player.state()).time - 5) < 0.1)
  await page.keyboard.press('Home')
  await until('Home goes to the start', async () => (await player.state()).time === 0)
  await page.keyboard.press('>')
  await until('> is faster', async () => (await player.state()).rate === 1.25)
  await page.keyboard.press('<')
  await until('< is slower', async () => (await player.state()).rate === 1)
  await player.choose('Speed', '1.5×')
  assert.equal((await player.state()).rate, 1.5)
  await player.choose('Speed', 'Normal')
  assert.equal((await player.state()).rate, 1)
  assertDifferent(await player.previewAt(0.05), await player.previewAt(0.9))
}

async function seekAndSwitch(player) {
  await player.pause()
  const before = await player.picture()
  await player.seekTo(0.85)
  assertDifferent(before, await player.picture())
  assert.deepEqual((await player.qualities()).slice(1), ['720p', '480p', '360p'])
  for (const height of [360, 720, 480]) {
    await player.chooseQuality(`${height}p`)
    // What is buffered beside the position is replaced first.
    let share = 0.1
    await until(`the picture has ${height} lines`, async () => {
      if ((await player.state()).height === height) return true
      await player.seekTo(share)
      share = share === 0.1 ? 0.85 : 0.1
      return (await player.state()).height === height
    })
    assertPicture(await player.picture())
  }
}

async function reloadAndResume(page, player) {
  await player.pause()
  await player.seekTo(0.5)
  const { time } = await player.state()
  await page.reload()
  await until(`it resumes near ${time} s`, async () => {
    const now = await player.state().catch(() => null)
    return now && now.readyState >= 1 && Math.abs(now.time - time) < 0.8
  })
  await player.play()
}
