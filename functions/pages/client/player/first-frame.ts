// What need not be there before the first frame waits for it.

/** Resolves when a frame is on screen, now or ever; where the browser does not say, when there is one to show. */
export function firstFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise(resolve => {
    const isThere = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
    if (isThere) resolve()
    else if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve())
    else (video as HTMLVideoElement).addEventListener('loadeddata', () => resolve(), { once: true })
  })
}
