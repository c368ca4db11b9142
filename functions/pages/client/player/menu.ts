// The settings menu: quality, speed, captions, sharing; one level deep.

import { AUTOMATIC } from './engine.ts'
import { BACK } from './icons.ts'
import { type Player, SPEEDS } from './player.ts'
import { sharingPanel, sharingWords } from './sharing-panel.ts'
import { element, icon } from '../ui/dom.ts'

type List = 'quality' | 'speed' | 'captions'
type Page = List | 'sharing'

interface Choice { label: string, checked: boolean, value: string, choose: () => void }

const TITLES: Record<Page, string> = { quality: 'Quality', speed: 'Speed', captions: 'Captions', sharing: 'Sharing' }

export class Menu {
  readonly node = element('div', { class: 'pl-menu', role: 'menu', 'aria-label': 'Settings', hidden: true })
  private readonly player: Player
  private readonly button: HTMLButtonElement
  private page: Page | null = null
  private updatePanel: () => void = () => undefined

  constructor(player: Player, button: HTMLButtonElement) {
    this.player = player
    this.button = button
    button.setAttribute('aria-haspopup', 'menu')
    button.setAttribute('aria-expanded', 'false')
    button.addEventListener('click', () => this.isOpen ? this.close() : this.open(null))
    this.node.addEventListener('keydown', event => this.onKey(event))
    document.addEventListener('pointerdown', event => {
      const target = event.target as Node
      if (this.isOpen && !this.node.contains(target) && !button.contains(target)) this.close(false)
    })
    // The list may change while it is open: a resolution was added, or the shown one switched.
    player.addEventListener('qualities', () => { if (this.isOpen && this.page !== 'sharing') this.draw(false) })
    player.sharing.addEventListener('change', () => { if (this.isOpen) this.updatePanel() })
  }

  get isOpen(): boolean {
    return !this.node.hidden
  }

  open(page: Page | null): void {
    this.page = page
    this.node.hidden = false
    this.button.setAttribute('aria-expanded', 'true')
    this.draw(true)
  }

  close(refocus = true): void {
    this.node.hidden = true
    this.button.setAttribute('aria-expanded', 'false')
    if (refocus) this.button.focus()
  }

  private draw(focus: boolean): void {
    const before = this.items().indexOf(document.activeElement as HTMLElement)
    // A page with text is no list of choices.
    this.node.setAttribute('role', this.page === 'sharing' ? 'dialog' : 'menu')
    this.updatePanel = () => undefined
    this.node.replaceChildren(...this.content())
    const items = this.items()
    const checked = items.find(item => item.getAttribute('aria-checked') === 'true')
    if (focus) (checked ?? items[0])?.focus()
    else if (before >= 0) items[Math.min(before, items.length - 1)]?.focus()
  }

  private content(): HTMLElement[] {
    if (this.page === null) return this.overview()
    if (this.page !== 'sharing') return this.choices(this.page)
    const { nodes, update } = sharingPanel(this.player)
    this.updatePanel = update
    return [this.back('sharing'), ...nodes]
  }

  private overview(): HTMLElement[] {
    const items = (['quality', 'speed', 'captions'] as const).filter(page => this.choicesOf(page).length > 1).map(page => (
      this.opener(page, this.choicesOf(page).find(choice => choice.checked)?.label ?? '')
    ))
    if (!this.player.sharing.isPossible) return items
    const sharing = this.opener('sharing', sharingWords(this.player))
    this.updatePanel = () => sharing.querySelector('small')?.replaceChildren(sharingWords(this.player))
    return [...items, sharing]
  }

  private opener(page: Page, current: string): HTMLElement {
    const item = element(
      'button', { class: 'pl-item', type: 'button', role: 'menuitem', 'aria-haspopup': 'menu', tabindex: -1, 'data-menu': page },
      element('span', {}, TITLES[page]), element('small', {}, current)
    )
    item.addEventListener('click', () => this.open(page))
    return item
  }

  private back(page: Page): HTMLElement {
    const role = page === 'sharing' ? null : 'menuitem'
    const item = element('button', { class: 'pl-item back', type: 'button', role, tabindex: -1 }, icon(BACK), element('span', {}, TITLES[page]))
    item.addEventListener('click', () => this.open(null))
    return item
  }

  private choices(page: List): HTMLElement[] {
    return [this.back(page), ...this.choicesOf(page).map(({ label, checked, value, choose }) => {
      const item = element(
        'button',
        { class: 'pl-item', type: 'button', role: 'menuitemradio', 'aria-checked': String(checked), tabindex: -1, [`data-${page}`]: value },
        element('span', {}, label)
      )
      item.addEventListener('click', () => {
        choose()
        this.close()
      })
      return item
    })]
  }

  private choicesOf(page: List): Choice[] {
    if (page === 'quality') return qualityChoices(this.player)
    if (page === 'speed') return speedChoices(this.player)
    return captionChoices(this.player)
  }

  private items(): HTMLElement[] {
    return [...this.node.querySelectorAll<HTMLElement>('.pl-item')]
  }

  private onKey(event: KeyboardEvent): void {
    const items = this.items()
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = (index: number) => items.at(index % items.length)?.focus()
    switch (event.key) {
      case 'ArrowDown': to(at + 1); break
      case 'ArrowUp': to(at - 1); break
      case 'Home': to(0); break
      case 'End': to(-1); break
      case 'ArrowRight': if (this.page === null) items[at]?.click(); break
      case 'ArrowLeft': if (this.page !== null) this.open(null); break
      case 'Escape': if (this.page === null) this.close(); else this.open(null); break
      case 'Tab': this.close(false); return
      default: return
    }
    event.preventDefault()
    event.stopPropagation()
  }
}

function qualityChoices(player: Player): Choice[] {
  const chosen = player.chosenQuality
  const list = [...player.qualities].sort((a, b) => b.height - a.height).map(({ id, label }) => (
    { label, checked: chosen === id, value: String(id), choose: () => player.chooseQuality(id) }
  ))
  if (!player.adaptive) return list
  const shown = player.shownQuality
  const label = chosen === AUTOMATIC && shown ? `Auto (${shown.label})` : 'Auto'
  return [{ label, checked: chosen === AUTOMATIC, value: String(AUTOMATIC), choose: () => player.chooseQuality(AUTOMATIC) }, ...list]
}

function speedChoices({ video }: Player): Choice[] {
  return SPEEDS.map(speed => ({
    label: speed === 1 ? 'Normal' : `${speed}×`,
    checked: video.playbackRate === speed,
    value: String(speed),
    choose: () => { video.playbackRate = speed }
  }))
}

function captionChoices(player: Player): Choice[] {
  const shown = player.shownCaptions
  const list = player.data.captions.map(({ language, label }) => (
    { label, checked: shown === language, value: language, choose: () => player.showCaptions(language) }
  ))
  return [{ label: 'Off', checked: shown === null, value: '', choose: () => player.showCaptions(null) }, ...list]
}
