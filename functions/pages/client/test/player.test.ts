import assert from 'node:assert/strict'
import { test } from 'node:test'

import { commandOf } from '../player/keys.ts'
import { isWorthResuming } from '../player/resume.ts'
import { cellAt } from '../player/storyboard.ts'
import { WatchedTime } from '../player/views.ts'

const SHEET = { url: '', totalWidth: 1920, totalHeight: 324, spriteWidth: 192, spriteHeight: 108, spriteDurationSecs: 5 }

test('finds the cell of a moment, row by row, and never leaves the sheet', () => {
  for (const [seconds, x, y] of [[0, 0, 0], [4.9, 0, 0], [5, 192, 0], [49.9, 1728, 0], [50, 0, 108], [1e9, 1728, 216], [-1, 0, 0]] as const) {
    assert.deepEqual(cellAt(SHEET, seconds), { x, y }, String(seconds))
  }
  assert.deepEqual(cellAt({ ...SHEET, spriteDurationSecs: 0 }, 3), { x: 1728, y: 216 })
})

test('resumes where it is worth it, in short and long videos', () => {
  assert.ok(isWorthResuming(3, 5.28))
  assert.ok(!isWorthResuming(0.2, 5.28))
  assert.ok(!isWorthResuming(5.2, 5.28))
  assert.ok(!isWorthResuming(4, 600))
  assert.ok(isWorthResuming(6, 600))
  assert.ok(!isWorthResuming(597, 600))
})

test('counts seconds of playback, not of seeking, and fewer pings after the first', () => {
  const watched = new WatchedTime()
  const pings: number[] = []
  for (let at = 0; at <= 75; at += 0.25) if (watched.advance(at)) pings.push(at)
  assert.deepEqual(pings, [5, 10, 40, 70])
  watched.interrupt()
  assert.equal(watched.advance(500), false)
  assert.equal(watched.advance(900), false)
})

test('gives keys their usual meaning and leaves the browser its own', () => {
  const key = (key: string, ctrlKey = false) => commandOf({ key, ctrlKey, altKey: false, metaKey: false })
  assert.deepEqual(key(' '), { do: 'toggle' })
  assert.deepEqual(key('K'), { do: 'toggle' })
  assert.deepEqual(key('j'), { do: 'seek-by', by: -10 })
  assert.deepEqual(key('7'), { do: 'seek-to', by: 7 })
  assert.deepEqual(key('>'), { do: 'speed-by', by: 1 })
  assert.deepEqual(key('.'), { do: 'step', by: 1 })
  assert.equal(key('f', true), null)
  assert.equal(key('F5'), null)
  assert.equal(key('Tab'), null)
})
