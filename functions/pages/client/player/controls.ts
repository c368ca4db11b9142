// The control bar, its visibility, and the pointer over the picture.

import * as icons from './icons.ts'
import { toggleCaptions, toggleFullscreen, togglePicture, toggleTheatre } from './commands.ts'
import { Menu } from './menu.ts'
import type { Player } from './player.ts'
import { SeekBar } from './seek-bar.ts'
import { element, icon } from '../ui/dom.ts'
import { timecode } from '../ui/words.ts'

/** The bar leaves this long after the last movement. */
const IDLE_AFTER_MS = 2_800

export interface ControlsOptions {
  /** Offer the wide layout of the watch page. */
  theatre: boolean
}

export function addControls(player: Player, options: ControlsOptions): void {
  const { root, video } = player
  const seek = new SeekBar(player)
  const settings = button('Settings', icons.SETTINGS)
  const menu = new Menu(player, settings)
  const bar = element(
    'div', { class: 'pl-bar', role: 'group', 'aria-label': 'Player controls' },
    seek.node,
    element(
      'div', { class: 'pl-buttons' },
      playButton(player), volumeControl(player), timeDisplay(player), element('span', { class: 'pl-gap' }),
      captionsButton(player), settings,
      document.pictureInPictureEnabled ? pictureButton(player) : null,
      options.theatre ? theatreButton() : null,
      fullscreenButton(player)
    )
  )
  root.append(bar, menu.node)
  hideWhenIdle(root, video, menu)
  followPointer(player, menu)
}

function button(label: string, path: string, className = ''): HTMLButtonElement {
  return element('button', { class: `pl-button ${className}`, type: 'button', 'aria-label': label, title: label }, icon(path))
}

/** Changes a button's picture and words together. */
function dress(node: HTMLButtonElement, label: string, path: string): void {
  if (node.getAttribute('aria-label') === label) return
  node.setAttribute('aria-label', label)
  node.title = label
  node.replaceChildren(icon(path))
}

function playButton(player: Player): HTMLButtonElement {
  const { video } = player
  const node = button('Play', icons.PLAY)
  node.addEventListener('click', () => player.toggle())
  for (const name of ['play', 'pause', 'ended', 'seeking']) {
    video.addEventListener(name, () => {
      if (video.ended) dress(node, 'Play again', icons.REPLAY)
      else if (video.paused) dress(node, 'Play', icons.PLAY)
      else dress(node, 'Pause', icons.PAUSE)
    })
  }
  return node
}

function volumeControl(player: Player): HTMLElement {
  const { video } = player
  const mute = button('Mute', icons.LOUD)
  const range = element('input', { type: 'range', min: 0, max: 1, step: 0.05, 'aria-label': 'Volume' })
  mute.addEventListener('click', () => { video.muted = !video.muted })
  range.addEventListener('input', () => player.setVolume(Number(range.value)))
  const update = () => {
    const level = video.muted ? 0 : video.volume
    range.value = String(level)
    range.style.setProperty('--level', `${level * 100}%`)
    dress(mute, video.muted ? 'Unmute' : 'Mute', level === 0 ? icons.SILENT : level < 0.5 ? icons.QUIET : icons.LOUD)
    if (!video.muted && level > 0) mute.replaceChildren(icon(level < 0.5 ? icons.QUIET : icons.LOUD))
  }
  video.addEventListener('volumechange', update)
  update()
  return element('div', { class: 'pl-volume' }, mute, range)
}

function timeDisplay(player: Player): HTMLElement {
  const now = document.createTextNode('')
  const total = element('span')
  const update = () => {
    now.data = timecode(player.video.currentTime)
    total.textContent = ` / ${timecode(player.duration)}`
  }
  for (const name of ['timeupdate', 'durationchange', 'seeking']) player.video.addEventListener(name, update)
  update()
  return element('div', { class: 'pl-time', 'aria-hidden': 'true' }, now, total)
}

function captionsButton(player: Player): HTMLButtonElement {
  const node = button('Captions', icons.CAPTIONS)
  node.addEventListener('click', () => toggleCaptions(player))
  const update = () => {
    node.hidden = player.data.captions.length === 0
    node.setAttribute('aria-pressed', String(player.shownCaptions !== null))
  }
  for (const name of ['captions', 'qualities', 'start']) player.addEventListener(name, update)
  update()
  return node
}

function pictureButton(player: Player): HTMLButtonElement {
  const node = button('Picture in picture', icons.PICTURE, 'pl-hide-narrow')
  node.addEventListener('click', () => togglePicture(player))
  return node
}

function theatreButton(): HTMLButtonElement {
  const node = button('Wide player', icons.THEATRE, 'pl-hide-narrow')
  node.addEventListener('click', () => node.setAttribute('aria-pressed', String(toggleTheatre())))
  return node
}

function fullscreenButton(player: Player): HTMLButtonElement {
  const node = button('Full screen', icons.ENLARGE)
  node.addEventListener('click', () => toggleFullscreen(player))
  document.addEventListener('fullscreenchange', () => {
    if (document.fullscreenElement === player.root) dress(node, 'Leave full screen', icons.SHRINK)
    else dress(node, 'Full screen', icons.ENLARGE)
  })
  return node
}

function hideWhenIdle(root: HTMLElement, video: HTMLVideoElement, menu: Menu): void {
  let timer = 0
  const wake = () => {
    root.classList.remove('idle')
    clearTimeout(timer)
    timer = window.setTimeout(sleep, IDLE_AFTER_MS)
  }
  const sleep = () => {
    const focused = root.querySelector('.pl-bar :focus-visible') !== null
    if (video.paused || menu.isOpen || focused) return
    root.classList.add('idle')
  }
  for (const name of ['pointermove', 'pointerdown', 'focusin', 'keydown']) root.addEventListener(name, wake)
  for (const name of ['play', 'pause', 'seeking']) video.addEventListener(name, wake)
  root.addEventListener('pointerleave', event => {
    if (event.pointerType === 'mouse') sleep()
  })
}

/** Mice click to pause, fingers tap to see the bar. */
function followPointer(player: Player, menu: Menu): void {
  const { root, video } = player
  let wasIdle = false
  let menuWasOpen = false
  video.addEventListener('pointerdown', () => {
    wasIdle = root.classList.contains('idle')
    menuWasOpen = menu.isOpen
  }, { capture: true })
  video.addEventListener('click', event => {
    const touched = (event as PointerEvent).pointerType === 'touch'
    if (menuWasOpen) return
    if (!touched) player.toggle()
    else if (!wasIdle && !video.paused) root.classList.add('idle')
  })
  video.addEventListener('dblclick', () => toggleFullscreen(player))
}
