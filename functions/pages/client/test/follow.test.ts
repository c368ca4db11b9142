// Following from one's own server.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseAddress, templateOf } from '../follow/home.ts'

const SUBSCRIBE = 'http://ostatus.org/schema/1.0/subscribe'

test('an address is name and host', () => {
  assert.deepEqual(parseAddress(' @ada@Video.Example '), { name: 'ada', host: 'video.example' })
  assert.deepEqual(parseAddress('ada@localhost:9001'), { name: 'ada', host: 'localhost:9001' })
  for (const wrong of ['', 'ada', 'ada@', '@ada', 'a b@c', 'ada@video.example/path', 'ada@video.example@x', 'ada@evil.example?x']) {
    assert.equal(parseAddress(wrong), null, wrong)
  }
})

test('only a template that leads to a page is taken', () => {
  const of = (template: unknown) => templateOf({ links: [{ rel: 'self', href: 'x' }, { rel: SUBSCRIBE, template }] })
  assert.equal(of('https://social.example/authorize_interaction?uri={uri}'), 'https://social.example/authorize_interaction?uri={uri}')
  for (const wrong of ['javascript:alert("{uri}")', 'https://social.example/', 7, undefined]) assert.equal(of(wrong), null)
  for (const wrong of [null, {}, { links: 'x' }, { links: [] }]) assert.equal(templateOf(wrong), null)
})
