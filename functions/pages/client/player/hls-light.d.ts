// The light build has no declarations of its own; its default export is the same class.
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
