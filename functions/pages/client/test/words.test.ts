import assert from 'node:assert/strict'
import { test } from 'node:test'

import { bytes, durationWords, parseMoment, timecode } from '../ui/words.ts'

test('writes moments as the pages do', () => {
  for (const [seconds, expected] of [[0, '0:00'], [61.9, '1:01'], [3723, '1:02:03'], [NaN, '0:00'], [-3, '0:00']] as const) {
    assert.equal(timecode(seconds), expected)
  }
  assert.equal(durationWords(3601), '1 hour 1 second')
  assert.equal(bytes(1536), '1.5 KiB')
})

test('reads every form of a start parameter, and nothing else', () => {
  const cases: [string | null, number | null][] = [
    ['90', 90], ['90.5', 90.5], ['1m30s', 90], ['1h', 3600], ['1h2m3s', 3723], ['1:30', 90], ['1:02:03', 3723],
    ['', null], [null, null], ['abc', null], ['-5', null], ['1e9x', null], ['1m30', null]
  ]
  for (const [text, expected] of cases) assert.equal(parseMoment(text), expected, String(text))
})
