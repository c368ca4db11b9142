// What a page around the embed may ask of the player, and what it is told.

import { Channel } from './channel.ts'
import { AUTOMATIC } from '../player/engine.ts'
import { type Player, SPEEDS } from '../player/player.ts'

const STATUS_EVERY_MS = 500

/**
 * Opens the channel to the page around the frame; `scope` must equal the one that it uses. Until
 * there is a player it only takes a password.
 */
export function openEmbedApi(scope: string, onPassword: (password: string) => void): Channel {
  const channel = new Channel(window.parent, scope)
  addEventListener('message', event => {
    if (event.source === window.parent) void channel.receive(event.data)
  })
  channel.bind('isReady', () => false)
  channel.bind('setVideoPassword', password => onPassword(String(password)))
  channel.open()
  return channel
}

/** Answers for a player, and tells what happens to it. */
export function answerEmbedApi(channel: Channel, player: Player): void {
  bindPlayback(channel, player)
  bindTracks(channel, player)
  // One video is a list of one.
  channel.bind('getCurrentPosition', () => 1)
  channel.bind('playNextVideo', () => undefined)
  channel.bind('playPreviousVideo', () => undefined)
  report(channel, player)
  channel.notify('ready', true)
}

function bindPlayback(channel: Channel, player: Player): void {
  const { video } = player
  channel.bind('isReady', () => true)
  channel.bind('isPlaying', () => !video.paused)
  channel.bind('play', () => { void player.play() })
  channel.bind('pause', () => video.pause())
  channel.bind('seek', seconds => player.seek(number(seconds)))
  channel.bind('getCurrentTime', () => video.currentTime)
  channel.bind('setVolume', volume => player.setVolume(number(volume)))
  channel.bind('getVolume', () => video.muted ? 0 : video.volume)
  channel.bind('setPlaybackRate', rate => { video.playbackRate = number(rate) })
  channel.bind('getPlaybackRate', () => video.playbackRate)
  channel.bind('getPlaybackRates', () => SPEEDS)
}

function bindTracks(channel: Channel, player: Player): void {
  channel.bind('getResolutions', () => resolutions(player))
  channel.bind('setResolution', id => player.chooseQuality(number(id)))
  channel.bind('getCaptions', () => player.data.captions.map(({ language, label, url }) => ({
    id: language, label, src: new URL(url, location.href).href,
    mode: player.shownCaptions === language ? 'showing' : 'disabled'
  })))
  channel.bind('setCaption', id => player.showCaptions(
    player.data.captions.some(({ language }) => language === id) ? String(id) : null
  ))
  channel.bind('getImageDataUrl', () => imageOf(player.video))
}

function report(channel: Channel, player: Player): void {
  const { video } = player
  let playbackState: 'unstarted' | 'playing' | 'paused' | 'ended' = 'unstarted'
  const enter = (state: typeof playbackState) => {
    playbackState = state
    channel.notify('playbackStatusChange', state)
  }
  video.addEventListener('play', () => enter('playing'))
  video.addEventListener('pause', () => enter('paused'))
  video.addEventListener('ended', () => enter('ended'))
  video.addEventListener('volumechange', () => channel.notify('volumeChange', video.muted ? 0 : video.volume))
  player.addEventListener('qualities', () => channel.notify('resolutionUpdate', resolutions(player)))
  setInterval(() => channel.notify('playbackStatusUpdate', {
    position: video.currentTime, volume: video.muted ? 0 : video.volume, duration: player.duration, playbackState
  }), STATUS_EVERY_MS)
}

function resolutions(player: Player): object[] {
  const chosen = player.chosenQuality
  const list = player.qualities.map(({ id, label, width, height }) => ({ id, label, active: id === chosen, width, height }))
  return player.adaptive ? [...list, { id: AUTOMATIC, label: 'Auto', active: chosen === AUTOMATIC, width: 0, height: 0 }] : list
}

/** The frame on screen as a JPEG. */
function imageOf(video: HTMLVideoElement): string {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return canvas.toDataURL('image/jpeg')
}

function number(value: unknown): number {
  const parsed = Number(value)
  if (!Number.isFinite(parsed)) throw new RangeError(`${String(value)} is not a number`)
  return parsed
}
