// All of hls.js, for videos whose sound is a rendition of its own.
export { default } from 'hls.js'
