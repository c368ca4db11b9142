import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curveOf, shareAt } from '../library/curve.ts'

const POINTS = [100, 50, 12.34, 0].map((retentionPercent, at) => ({ second: at * 2, retentionPercent }))

test('draws who is still there from the left to the right', () => {
  const { line, area } = curveOf(POINTS, 600, 200)
  assert.equal(line, 'M0 0L200 100L400 175.3L600 200')
  assert.equal(area, `${line}V200H0Z`)
  assert.equal(curveOf([{ second: 0, retentionPercent: 120 }], 600, 200).line, 'M0 0')
})

test('knows the share between two points', () => {
  assert.equal(shareAt(POINTS, 3), 50)
  assert.equal(shareAt(POINTS, 9), 0)
  assert.equal(shareAt([], 9), 0)
})
