/** The bundler puts the file in as a `data:` address. */
declare module '@jitl/quickjs-wasmfile-release-sync/wasm' {
  const dataUrl: string;
  // biome-ignore lint/style/noDefaultExport: the bundler makes it one
  export default dataUrl;
}
