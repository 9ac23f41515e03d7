import type { LanguageFn } from 'highlight.js';

type Load = () => Promise<{ default: LanguageFn }>;

/** By the name that is shown: how the grammar is loaded, and the other names it has in fences and as file endings. */
const languages: Record<string, { load: Load; names: string }> = {
  bash: { load: () => import('highlight.js/lib/languages/bash'), names: 'sh zsh shell-script' },
  c: { load: () => import('highlight.js/lib/languages/c'), names: 'h' },
  clojure: { load: () => import('highlight.js/lib/languages/clojure'), names: 'clj cljs edn' },
  cpp: { load: () => import('highlight.js/lib/languages/cpp'), names: 'c++ cc cxx hpp hh' },
  csharp: { load: () => import('highlight.js/lib/languages/csharp'), names: 'cs c#' },
  css: { load: () => import('highlight.js/lib/languages/css'), names: '' },
  dart: { load: () => import('highlight.js/lib/languages/dart'), names: '' },
  diff: { load: () => import('highlight.js/lib/languages/diff'), names: 'patch' },
  dockerfile: { load: () => import('highlight.js/lib/languages/dockerfile'), names: 'docker' },
  elixir: { load: () => import('highlight.js/lib/languages/elixir'), names: 'ex exs' },
  erlang: { load: () => import('highlight.js/lib/languages/erlang'), names: 'erl' },
  go: { load: () => import('highlight.js/lib/languages/go'), names: 'golang' },
  graphql: { load: () => import('highlight.js/lib/languages/graphql'), names: 'gql' },
  haskell: { load: () => import('highlight.js/lib/languages/haskell'), names: 'hs' },
  ini: { load: () => import('highlight.js/lib/languages/ini'), names: 'toml conf cfg properties' },
  java: { load: () => import('highlight.js/lib/languages/java'), names: '' },
  javascript: { load: () => import('highlight.js/lib/languages/javascript'), names: 'js mjs cjs jsx node' },
  json: { load: () => import('highlight.js/lib/languages/json'), names: 'jsonc json5 jsonl ndjson' },
  julia: { load: () => import('highlight.js/lib/languages/julia'), names: 'jl' },
  kotlin: { load: () => import('highlight.js/lib/languages/kotlin'), names: 'kt kts' },
  latex: { load: () => import('highlight.js/lib/languages/latex'), names: 'tex' },
  less: { load: () => import('highlight.js/lib/languages/less'), names: '' },
  lua: { load: () => import('highlight.js/lib/languages/lua'), names: '' },
  makefile: { load: () => import('highlight.js/lib/languages/makefile'), names: 'make mk' },
  markdown: { load: () => import('highlight.js/lib/languages/markdown'), names: 'md mdx' },
  nginx: { load: () => import('highlight.js/lib/languages/nginx'), names: '' },
  nix: { load: () => import('highlight.js/lib/languages/nix'), names: '' },
  ocaml: { load: () => import('highlight.js/lib/languages/ocaml'), names: 'ml' },
  perl: { load: () => import('highlight.js/lib/languages/perl'), names: 'pl pm' },
  php: { load: () => import('highlight.js/lib/languages/php'), names: '' },
  powershell: { load: () => import('highlight.js/lib/languages/powershell'), names: 'ps1 pwsh' },
  protobuf: { load: () => import('highlight.js/lib/languages/protobuf'), names: 'proto' },
  python: { load: () => import('highlight.js/lib/languages/python'), names: 'py python3' },
  r: { load: () => import('highlight.js/lib/languages/r'), names: '' },
  ruby: { load: () => import('highlight.js/lib/languages/ruby'), names: 'rb' },
  rust: { load: () => import('highlight.js/lib/languages/rust'), names: 'rs' },
  scala: { load: () => import('highlight.js/lib/languages/scala'), names: '' },
  scss: { load: () => import('highlight.js/lib/languages/scss'), names: 'sass' },
  shell: { load: () => import('highlight.js/lib/languages/shell'), names: 'console session' },
  sql: { load: () => import('highlight.js/lib/languages/sql'), names: 'psql postgres postgresql mysql sqlite' },
  swift: { load: () => import('highlight.js/lib/languages/swift'), names: '' },
  typescript: { load: () => import('highlight.js/lib/languages/typescript'), names: 'ts tsx mts cts' },
  vim: { load: () => import('highlight.js/lib/languages/vim'), names: '' },
  xml: { load: () => import('highlight.js/lib/languages/xml'), names: 'html htm xhtml svg vue svelte rss plist' },
  yaml: { load: () => import('highlight.js/lib/languages/yaml'), names: 'yml' },
};

const byName = new Map(
  Object.entries(languages).flatMap(([language, { names }]) =>
    [language, ...names.split(' ')].filter(Boolean).map((name): [string, string] => [name, language]),
  ),
);

/** The grammar for a fence's language or a file's ending; undefined where there is none. */
export const grammarFor = (name: string): { language: string; load: Load } | undefined => {
  const language = byName.get(name.toLowerCase());
  const found = language === undefined ? undefined : languages[language];
  return language === undefined || !found ? undefined : { language, load: found.load };
};

/** What a file is written in, by its name. */
export const languageOfPath = (path: string): string => {
  const name = path.split(/[/\\]/).at(-1)?.toLowerCase() ?? '';
  return byName.get(name) ?? byName.get(name.split('.').at(-1) ?? '') ?? '';
};
