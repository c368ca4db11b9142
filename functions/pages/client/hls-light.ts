// hls.js without alternate audio, DRM and its own captions: enough for renditions that carry their sound.
export { default } from 'hls.js/light'
