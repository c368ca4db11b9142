// The comments of one video. The server renders them, sanitised, for strangers and for whoever sends a
// token: this only fetches, puts in place, and does what the controls say.

import { act } from './actions.ts'
import { request } from '../api/http.ts'
import { currentSession, freshToken } from '../api/session.ts'
import { element } from '../ui/dom.ts'

/** A comment's address in PeerTube's links. */
const THREAD_IN_PATH = /;threadId=(\d+)/

/** How far below the window comments begin to load. */
const NEAR = '0px 0px 600px 0px'

export class Section {
  readonly root: HTMLElement
  readonly video: string
  private readonly path: string
  private shown: string

  constructor(root: HTMLElement) {
    this.root = root
    this.path = root.dataset['comments'] ?? ''
    this.video = root.dataset['video'] ?? ''
    this.shown = this.path
  }

  begin(): void {
    this.root.addEventListener('click', event => this.clicked(event))
    this.root.addEventListener('submit', event => this.submitted(event))
    const thread = THREAD_IN_PATH.exec(location.pathname)?.[1] ?? /^#comment-(\d+)$/.exec(location.hash)?.[1]
    // A page of comments is there already; only its controls are missing for whoever is signed in.
    const isPage = this.root.dataset['shown'] !== undefined
    if (isPage) {
      this.shown = `${this.path}${location.search}`
      if (currentSession()) void this.show(this.shown)
    } else if (thread) {
      void this.show(`${this.path}?comment=${thread}`).then(() => this.pointAt(thread))
    } else {
      this.whenNear(() => void this.show(this.path))
    }
  }

  /** Comments of a video that is only watched are not asked for. */
  private whenNear(load: () => void): void {
    const near = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      near.disconnect()
      load()
    }, { rootMargin: NEAR })
    near.observe(this.root)
  }

  /** Fetches what stands at `address` and shows it; answers whether it could. */
  async show(address: string): Promise<boolean> {
    const url = new URL(address, location.href)
    url.searchParams.set('part', '1')
    url.hash = ''
    try {
      const token = await freshToken().catch(() => null)
      let response = await fetch(url, { headers: token ? { authorization: `Bearer ${token}` } : {} })
      if (response.status === 401 && token) response = await fetch(url)
      if (!response.ok) throw new Error(`The server answered ${response.status}.`)
      const html = await response.text()
      // Our own server's page, in which nothing of strangers is more than text and plain links.
      const page = new DOMParser().parseFromString(html, 'text/html')
      this.root.replaceChildren(...page.body.childNodes)
      this.shown = address
      this.root.setAttribute('aria-labelledby', 'comments-title')
      this.root.dispatchEvent(new CustomEvent('shown', { bubbles: true }))
      return true
    } catch {
      this.complain('The comments could not be loaded.')
      return false
    }
  }

  again(): Promise<boolean> {
    return this.show(this.shown)
  }

  /** Says to a screen reader what has happened. */
  say(words: string): void {
    const status = this.root.querySelector('[data-status]')
    if (status) status.textContent = words
  }

  complain(words: string): void {
    const problem = this.root.querySelector<HTMLElement>('[data-problem]')
    if (!problem) return
    problem.textContent = words
    problem.hidden = false
  }

  pointAt(id: string | number): void {
    const comment = this.root.querySelector<HTMLElement>(`#comment-${id} > article`)
    if (!comment) return
    comment.tabIndex = -1
    comment.focus({ preventScroll: true })
    comment.scrollIntoView({ block: 'center' })
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as Element
    const button = target.closest<HTMLElement>('[data-do]')
    if (button) return void act(this, button)
    const copy = target.closest<HTMLElement>('[data-copy]')
    if (copy) return void this.copy(copy)
    const link = target.closest<HTMLAnchorElement>('a[data-page], .pager a, .said .meta a[href*="?comment="]')
    const leaves = event.ctrlKey || event.metaKey || event.shiftKey || this.root.classList.contains('open')
    if (!link || leaves || link.target) return
    event.preventDefault()
    const id = /#comment-(\d+)/.exec(link.hash)?.[1]
    void this.show(link.pathname + link.search).then(done => {
      if (!done) return
      if (id) return this.pointAt(id)
      const heading = this.root.querySelector<HTMLElement>('#comments-title')
      heading?.focus({ preventScroll: true })
      heading?.scrollIntoView({ block: 'start' })
    })
  }

  private async copy(button: HTMLElement): Promise<void> {
    const field = this.root.querySelector<HTMLInputElement>(`#${button.dataset['copy']}`)
    if (!field) return
    field.select()
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => undefined)
    else document.execCommand('copy')
    this.say('Copied to the clipboard')
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 2000)
  }

  private submitted(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement
    if (form.dataset['write'] === undefined) return
    event.preventDefault()
    void this.write(form)
  }

  private async write(form: HTMLFormElement): Promise<void> {
    const field = form.querySelector('textarea')
    const button = form.querySelector('button:not([type="button"])') as HTMLButtonElement | null
    const text = field?.value.trim() ?? ''
    if (!field || !button || !text) return
    const parent = form.dataset['write']
    const path = `/videos/${this.video}/${parent ? `comments/${parent}` : 'comment-threads'}`
    button.disabled = true
    try {
      const { comment } = await request<{ comment: { id: number, heldForReview: boolean } }>(
        path, { method: 'POST', json: { text }, session: 'require' }
      )
      // An answer may stand beyond the first few: its thread shows it for certain.
      await (parent ? this.show(`${this.path}?comment=${comment.id}`) : this.show(this.path))
      this.say(comment.heldForReview ? 'Your comment waits for approval' : 'Your comment is published')
      this.pointAt(comment.id)
    } catch (error) {
      const problem = element('p', { class: 'problem', role: 'alert' }, (error as Error).message)
      form.querySelector('.problem')?.remove()
      form.prepend(problem)
    } finally {
      button.disabled = false
    }
  }
}
