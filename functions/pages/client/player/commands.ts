// What keys and buttons do.

import { type Command, commandOf, isForPlayer } from './keys.ts'
import { type Player, SPEEDS } from './player.ts'
import { timecode } from '../ui/words.ts'

/** Seconds of one frame when stepping; exact frame rates are not known to the element. */
const FRAME_SECS = 1 / 25

export function listenToKeys(player: Player): void {
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented) return
    const command = commandOf(event)
    if (!command || !isForPlayer(event.key, event.target as Element | null, player.root)) return
    event.preventDefault()
    run(command, player)
  })
}

export function run(command: Command, player: Player): void {
  const { video, layers } = player
  switch (command.do) {
    case 'toggle':
      player.toggle()
      break
    case 'mute':
      video.muted = !video.muted
      layers.say(video.muted ? 'Muted' : 'Sound on')
      break
    case 'fullscreen':
      toggleFullscreen(player)
      break
    case 'captions':
      toggleCaptions(player)
      break
    case 'theatre':
      toggleTheatre()
      break
    case 'picture':
      togglePicture(player)
      break
    case 'seek-by':
      player.seek(video.currentTime + command.by)
      layers.say(`${command.by > 0 ? '+' : '−'}${Math.abs(command.by)} s`)
      break
    case 'seek-to':
      player.seek(player.duration * command.by / 10)
      layers.say(timecode(player.duration * command.by / 10))
      break
    case 'volume-by':
      player.setVolume(video.volume + command.by)
      layers.say(`Volume ${Math.round(video.volume * 100)}%`)
      break
    case 'speed-by':
      changeSpeed(player, command.by)
      break
    case 'step':
      if (!video.paused) video.pause()
      player.seek(video.currentTime + command.by * FRAME_SECS)
      break
  }
}

function changeSpeed({ video, layers }: Player, steps: number): void {
  const at = SPEEDS.findIndex(speed => speed >= video.playbackRate)
  const speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + steps))] ?? 1
  video.playbackRate = speed
  layers.say(`${speed}×`)
}

export function toggleCaptions(player: Player): void {
  const first = player.data.captions[0]
  if (!first) return
  const show = player.shownCaptions === null
  player.showCaptions(show ? first.language : null)
  player.layers.say(show ? `Captions: ${first.label}` : 'Captions off')
}

export function toggleFullscreen({ root, video }: Player): void {
  if (document.fullscreenElement) void document.exitFullscreen()
  else if (root.requestFullscreen) void root.requestFullscreen().catch(() => undefined)
  // iPhones can only enlarge the element itself.
  else (video as unknown as { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.()
}

export function togglePicture({ video }: Player): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture()
  else if (document.pictureInPictureEnabled) void video.requestPictureInPicture().catch(() => undefined)
}

/** Answers whether the player is wide now. */
export function toggleTheatre(): boolean {
  const { dataset } = document.documentElement
  const wide = dataset['theatre'] === undefined
  if (wide) dataset['theatre'] = ''
  else delete dataset['theatre']
  return wide
}
