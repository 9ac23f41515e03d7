import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Beside each text file of the build its compressed forms, which the API serves to browsers that take them. */
const precompress = (): Plugin => {
  let folder = '';
  return {
    name: 'precompress',
    configResolved: ({ root, build }) => {
      folder = path.resolve(root, build.outDir);
    },
    closeBundle: async () => {
      for (const name of await readdir(folder, { recursive: true })) {
        if (!/\.(?:js|css|html|svg)$/.test(name)) continue;
        const file = path.join(folder, name);
        const content = await readFile(file);
        await writeFile(`${file}.br`, await promisify(brotliCompress)(content));
        await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
      }
    },
  };
};

/** KaTeX names each font in three formats; every browser the console runs in reads the first. */
const modernFonts = (): Plugin => ({
  name: 'modern-fonts',
  enforce: 'pre',
  transform: (code, id) =>
    /katex[^?]*\.css/.test(id)
      ? code.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '')
      : undefined,
});

/** Loads the font with the first script, so that text is not laid out twice. */
const preloadFont = (): Plugin => ({
  name: 'preload-font',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.keys(bundle)
        .filter((name) => /geist-latin-[\w-]+\.woff2$/.test(name))
        .map((name) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${name}` },
          injectTo: 'head',
        })),
  },
});

const isTest = process.env.VITEST !== undefined;

/** Where `npm run dev:ui` finds the API. */
const api = process.env.EVERTURN_API_URL ?? 'http://127.0.0.1:4100';

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Tests serve their build as it is: to compress it takes longer than to build it.
  plugins: [modernFonts(), preloadFont(), ...(isTest ? [] : [precompress()])],
  // The API serves a page only under the host that the page itself came from.
  server: { host: '127.0.0.1', proxy: { '/api': { target: api, changeOrigin: false } } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The bundler chooses the order in which chunks create schemas. The line that makes zod work without eval is in
        // zod's own chunk, which runs before all of them.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|client\/without-eval\.ts$/ }] },
      },
    },
    reportCompressedSize: !isTest,
  },
});
