// The button that puts a video into playlists of one's own; nothing is asked before it is opened.

import { request } from '../api/http.ts'
import { complain } from '../ui/complain.ts'
import { element, find } from '../ui/dom.ts'

interface Playlist { id: number, displayName: string }
interface Placed { playlistId: number, playlistElementId: number }

const PRIVATE = 3
/** As many as a page of the API has. */
const PAGE_LENGTH = 100

export function beginSaving(): void {
  const drop = document.querySelector<HTMLDetailsElement>('[data-save]')
  const video = drop?.dataset['save']
  if (!drop || !video) return
  const saving = new Saving(drop, Number(video))
  const open = () => { if (drop.open) void saving.open() }
  drop.addEventListener('toggle', open)
  // Whoever was quick has opened it before this was here.
  open()
}

class Saving {
  private readonly video: number
  private isShown = false
  private readonly list: HTMLElement
  private readonly problem: HTMLElement

  constructor(drop: HTMLElement, video: number) {
    this.video = video
    this.list = find('[data-lists]', drop)
    this.problem = find('[data-problem]', drop)
    const form = find<HTMLFormElement>('form', drop)
    form.addEventListener('submit', event => {
      event.preventDefault()
      void this.act(async () => {
        const name = String(new FormData(form).get('list') ?? '').trim()
        const json = { displayName: name, privacy: PRIVATE }
        const made = await this.ask<{ videoPlaylist: { id: number } }>('/video-playlists', 'POST', json)
        form.reset()
        await this.show({ id: made.videoPlaylist.id, displayName: name }, undefined).add()
      })
    })
  }

  /** Asks once; again when that has failed and it is opened anew. */
  async open(): Promise<void> {
    if (this.isShown) return
    this.isShown = true
    await this.act(async () => {
      try {
        const [own, placed] = await Promise.all([
          this.own(),
          this.ask<Record<string, Placed[]>>(`/users/me/video-playlists/videos-exist?videoIds=${this.video}`)
        ])
        this.list.replaceChildren()
        for (const list of own) {
          this.show(list, placed[this.video]?.find(one => one.playlistId === list.id)?.playlistElementId)
        }
      } catch (error) {
        this.isShown = false
        throw error
      }
    })
  }

  /** Every list, the newest first. */
  private async own(): Promise<Playlist[]> {
    const me = await this.ask<{ account: { name: string } }>('/users/me')
    const path = `/accounts/${me.account.name}/video-playlists?count=${PAGE_LENGTH}&sort=-updatedAt`
    const lists: Playlist[] = []
    for (;;) {
      const page = await this.ask<{ total: number, data: Playlist[] }>(`${path}&start=${lists.length}`)
      lists.push(...page.data)
      if (page.data.length === 0 || lists.length >= page.total) return lists
    }
  }

  /** A list with a box to tick. */
  private show(list: Playlist, elementId: number | undefined): { add: () => Promise<void> } {
    let known = elementId
    const box = element('input', { type: 'checkbox', checked: known !== undefined })
    this.list.append(element('label', { class: 'tick' }, box, list.displayName))
    const path = `/video-playlists/${list.id}/videos`
    const add = async (): Promise<void> => {
      const added = await this.ask<{ videoPlaylistElement: { id: number } }>(path, 'POST', { videoId: this.video })
      known = added.videoPlaylistElement.id
    }
    box.addEventListener('change', () => void this.act(async () => {
      box.disabled = true
      try {
        if (known === undefined) await add()
        else {
          await this.ask(`${path}/${known}`, 'DELETE')
          known = undefined
        }
      } finally {
        box.checked = known !== undefined
        box.disabled = false
      }
    }))
    return {
      add: async () => {
        await add()
        box.checked = true
      }
    }
  }

  private ask<T>(path: string, method = 'GET', json?: unknown): Promise<T> {
    return request<T>(path, { method, json, session: 'require' })
  }

  private async act(what: () => Promise<void>): Promise<void> {
    complain(this.problem, null)
    try {
      await what()
    } catch (error) {
      complain(this.problem, error)
    }
  }
}
