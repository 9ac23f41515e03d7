/// <reference types="vite/client" />

declare module 'highlight.js/lib/core' {
  export { default } from 'highlight.js';
}
