// Password-protected videos: asks until the server is satisfied.

import type { Engine } from './data.ts'
import { type Lookup, lookUp } from './lookup.ts'
import { ApiError } from '../api/problem.ts'
import { element } from '../ui/dom.ts'

/** PeerTube's codes for a missing and for a wrong password. */
const MISSING = 'video_requires_password'
const WRONG = 'incorrect_video_password'

/** Where to ask: shows a form, and takes it away again with `null`. */
export type ShowForm = (form: HTMLElement | null) => void

/** The next password to try; `null` when the page around the frame has offered none. */
let offered: string | null = null
let onOffer: (() => void) | null = null

/** A password from the page around an embed, before or after it is asked for. */
export function offerPassword(password: string): void {
  offered = password
  onOffer?.()
}

/** Looks a video up, with a password where one is needed. */
export async function lookUpAsking(id: string, engine: Engine, show: ShowForm): Promise<Lookup> {
  let password: string | null = null
  for (;;) {
    try {
      const found = await lookUp(id, engine, password)
      show(null)
      return found
    } catch (error) {
      const code = error instanceof ApiError ? error.code : ''
      if (code !== MISSING && code !== WRONG) throw error
      password = await ask(show, code === WRONG)
    }
  }
}

function ask(show: ShowForm, again: boolean): Promise<string> {
  return new Promise(resolve => {
    const input = element('input', { type: 'password', 'aria-label': 'Password', autocomplete: 'off', required: true })
    const form = element('form', {}, input, element('button', { class: 'button' }, 'Watch'))
    const take = (password: string) => {
      onOffer = null
      resolve(password)
    }
    form.addEventListener('submit', event => {
      event.preventDefault()
      if (input.value) take(input.value)
    })
    onOffer = () => {
      if (offered === null) return
      const password = offered
      offered = null
      take(password)
    }
    show(element(
      'div', { class: 'veil', role: again ? 'alert' : 'status' },
      element('strong', {}, again ? 'That was not the password' : 'This video is protected by a password'), form
    ))
    input.focus()
    onOffer()
  })
}
