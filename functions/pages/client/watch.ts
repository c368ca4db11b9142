// The watch page: the player, and what the page itself adds to it.

import { addControls } from './player/controls.ts'
import { listenToKeys } from './player/commands.ts'
import { type Engine, pageData, type PlayerData } from './player/data.ts'
import { firstFrame } from './player/first-frame.ts'
import { lookUp } from './player/lookup.ts'
import { announceToSystem } from './player/media-session.ts'
import type { Size } from './player/opening-choice.ts'
import { Player } from './player/player.ts'
import { showPrivateVideo } from './player/private-page.ts'
import { find } from './ui/dom.ts'
import { parseMoment } from './ui/words.ts'

/** A page whose video does not start gets its comments all the same. */
const TALK_AT_LATEST_MS = 4_000
/** Unless the viewer has chosen another size of text. */
const REM_PX = 16

function begin(root: HTMLElement, data: PlayerData, fileToken: string | null): void {
  const query = new URLSearchParams(location.search)
  const player = new Player(root, data, {
    autoplay: !matchMedia('(prefers-reduced-motion: reduce)').matches && query.get('autoplay') !== '0',
    expectedSize,
    startAt: parseMoment(query.get('start')),
    stopAt: parseMoment(query.get('stop')),
    captions: query.get('subtitle'),
    fileToken,
    refresh: async () => (await lookUp(data.uuid, data.engine)).data
  })
  addControls(player, { theatre: true })
  listenToKeys(player)
  announceToSystem(player)
  seekByLinks(player)
}

/** As `css/watch.css` lays it out, by and large. */
function expectedSize(): Size {
  const beside = matchMedia('(min-width: 64em)').matches && document.querySelector('.watch.alone') === null ? 28 : 0
  return { width: innerWidth - beside * REM_PX, height: innerHeight - 11 * REM_PX }
}

/** Moments in the description seek instead of loading the page again. */
function seekByLinks(player: Player): void {
  document.addEventListener('click', event => {
    const link = (event.target as Element).closest<HTMLElement>('a[data-seek]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    player.seek(Number(link.dataset['seek']))
    void player.play()
    player.root.scrollIntoView({ block: 'nearest' })
  })
}

/** Likes and comments come once the video is on screen, or will not be for some reason. */
async function loadTalk(video: HTMLVideoElement | null): Promise<void> {
  const script = document.querySelector<HTMLElement>('[data-comments]')?.dataset['script']
  if (!script) return
  const late = new Promise(resolve => setTimeout(resolve, TALK_AT_LATEST_MS))
  if (video) await Promise.race([firstFrame(video), late])
  await import(script)
}

const data = pageData()
if (data) {
  begin(find('[data-player]'), data, null)
  void loadTalk(document.querySelector('[data-player] video'))
} else {
  const shell = find('.watch[data-video]')
  const { video: id = '', engineLight: light = '', engineFull: full = '' } = shell.dataset
  const engine: Engine = { light, full }
  void showPrivateVideo(shell, id, engine, begin)
}
