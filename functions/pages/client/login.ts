// Sign-in.

import { ApiError } from './api/problem.ts'
import { signIn } from './api/session.ts'
import { find } from './ui/dom.ts'

const form = find<HTMLFormElement>('#login')
const problem = find('[data-problem]')
const button = find<HTMLButtonElement>('button', form)
const otpField = find('[data-otp]')

/** Where to go afterwards: a path of this site, and nothing else. */
function destination(): string {
  const next = new URLSearchParams(location.search).get('next') ?? ''
  if (!next.startsWith('/')) return '/'
  const url = new URL(next, location.origin)
  return url.origin === location.origin ? url.pathname + url.search + url.hash : '/'
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return 'The server could not be reached. Check your connection.'
  switch (error.code) {
    case 'invalid_grant': return 'This username and password do not belong together.'
    case 'invalid_two_factor': return 'This code is wrong or has expired.'
    case 'account_blocked': return 'This account has been blocked.'
    case 'email_not_verified': return 'Confirm your e-mail address first.'
    case 'account_waiting_for_approval': return 'This account is waiting for approval.'
    case 'account_approval_rejected': return 'This account was not approved.'
  }
  if (error.status === 429) return 'Too many attempts. Wait a few minutes.'
  return error.message
}

function show(text: string): void {
  problem.textContent = text
  problem.hidden = false
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  problem.hidden = true
  const fields = new FormData(form)
  const [username, password] = [String(fields.get('username')).trim(), String(fields.get('password'))]
  if (!username || !password) {
    show('Enter your username and your password.')
    return
  }
  button.disabled = true
  try {
    await signIn(username, password, String(fields.get('otp') ?? '').trim())
    location.replace(destination())
  } catch (error) {
    button.disabled = false
    if (error instanceof ApiError && error.code === 'missing_two_factor') {
      otpField.hidden = false
      find('input', otpField).focus()
      return
    }
    show(explain(error))
    find(otpField.hidden ? '#password' : '#otp').focus()
  }
})

button.disabled = false
