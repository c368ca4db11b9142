// On every page: the theme, signing out, copying, closing what is open.

import { signOut } from './api/session.ts'
import { recall } from './ui/storage.ts'

const THEMES = ['system', 'light', 'dark'] as const

function readTheme(): typeof THEMES[number] {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

function setTheme(theme: typeof THEMES[number]): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  try {
    // A bare word and not JSON: the script in the head reads it before first paint.
    if (theme === 'system') localStorage.removeItem('edgetube.theme')
    else localStorage.setItem('edgetube.theme', theme)
  } catch { /* the theme holds for this page */ }
}

for (const toggle of document.querySelectorAll<HTMLButtonElement>('[data-theme-toggle]')) {
  const label = () => {
    const words = `Colour theme: ${readTheme()}`
    toggle.setAttribute('aria-label', words)
    toggle.title = words
  }
  toggle.addEventListener('click', () => {
    setTheme(THEMES[(THEMES.indexOf(readTheme()) + 1) % THEMES.length] ?? 'system')
    label()
  })
  label()
}

for (const button of document.querySelectorAll('[data-sign-out]')) {
  button.addEventListener('click', () => void signOut().finally(() => location.assign('/')))
}

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
  button.addEventListener('click', async () => {
    const field = document.getElementById(button.dataset['copy'] ?? '') as HTMLInputElement | null
    if (!field) return
    field.select()
    // Plain http has no clipboard but the old one.
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => undefined)
    else document.execCommand('copy')
    button.textContent = 'Copied'
    const status = document.querySelector('[data-copied]')
    if (status) status.textContent = 'Copied to the clipboard'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  })
}

// Disclosure panels behave like menus: one at a time, closed by Escape or a click elsewhere.
const drops = [...document.querySelectorAll<HTMLDetailsElement>('details.drop')]
document.addEventListener('click', event => {
  for (const drop of drops) if (drop.open && !drop.contains(event.target as Node)) drop.open = false
})
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const drop of drops.filter(each => each.open)) {
    drop.open = false
    drop.querySelector('summary')?.focus()
  }
})

// Following a channel: what it needs comes when nothing else is to be done.
const joining = document.querySelector<HTMLElement>('[data-follow-script]')
if (joining) {
  const load = () => void import(joining.dataset['followScript'] ?? '').catch(() => undefined)
  if ('requestIdleCallback' in window) requestIdleCallback(load, { timeout: 4000 })
  else setTimeout(load, 1500)
}

// Another tab signed in or out.
addEventListener('storage', event => {
  if (event.key !== 'edgetube.session') return
  const { dataset } = document.documentElement
  if (recall('session')) dataset['session'] = ''
  else delete dataset['session']
})

// Coming back from sign-in returns to the page that asked for it.
for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href="/login"]')) {
  if (location.pathname !== '/' && location.pathname !== '/login') {
    link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`
  }
}
