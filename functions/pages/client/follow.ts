// Following a channel: from here with one button, from another server with its address.

import { request } from './api/http.ts'
import { currentSession } from './api/session.ts'
import { complain, wordsOf } from './ui/complain.ts'
import { find } from './ui/dom.ts'
import { homeOf, parseAddress } from './follow/home.ts'

const status = document.querySelector('[data-join-status]')

function show(button: HTMLButtonElement, subscribed: boolean, words?: string): void {
  button.setAttribute('aria-pressed', String(subscribed))
  button.textContent = words ?? (subscribed ? 'Subscribed' : 'Subscribe')
  button.title = ''
}

async function isSubscribed(handle: string): Promise<boolean> {
  const query = new URLSearchParams({ uris: handle })
  const known = await request<Record<string, boolean>>(`/users/me/subscriptions/exist?${query}`, { session: 'require' })
  return known[handle] ?? false
}

async function toggle(button: HTMLButtonElement, handle: string): Promise<void> {
  const was = button.getAttribute('aria-pressed') === 'true'
  button.disabled = true
  try {
    if (was) {
      await request(`/users/me/subscriptions/${encodeURIComponent(handle)}`, { method: 'DELETE', session: 'require' })
      show(button, false)
    } else {
      await request('/users/me/subscriptions', { method: 'POST', json: { uri: handle }, session: 'require' })
      // Another server has to say yes first, which takes it a moment.
      const accepted = await isSubscribed(handle)
      show(button, true, accepted ? undefined : 'Requested')
    }
    if (status) status.textContent = was ? 'No longer subscribed' : button.textContent
  } catch (error) {
    button.title = wordsOf(error)
    if (status) status.textContent = wordsOf(error)
    button.textContent = 'Try again'
  } finally {
    button.disabled = false
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-subscribe]')) {
  const handle = button.dataset['subscribe'] ?? ''
  button.addEventListener('click', () => void toggle(button, handle))
  if (!currentSession()) continue
  isSubscribed(handle).then(subscribed => show(button, subscribed), () => undefined).finally(() => { button.disabled = false })
}

for (const form of document.querySelectorAll<HTMLFormElement>('[data-remote-follow]')) {
  const problem = find('[data-problem]', form)
  const button = find<HTMLButtonElement>('button', form)
  form.addEventListener('submit', async event => {
    event.preventDefault()
    complain(problem, null)
    const address = parseAddress(String(new FormData(form).get('yours') ?? ''))
    if (!address) {
      complain(problem, new Error('An address looks like you@your.server.'))
      return
    }
    button.disabled = true
    try {
      location.assign(await homeOf(address, form.dataset['remoteFollow'] ?? ''))
    } catch (error) {
      complain(problem, error)
    } finally {
      button.disabled = false
    }
  })
}
