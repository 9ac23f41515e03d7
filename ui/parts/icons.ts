import { html, svg, type TemplateResult } from 'lit';

const paths = {
  plus: svg`<path d="M8 3v10M3 8h10"/>`,
  search: svg`<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.3 3.3"/>`,
  chevron: svg`<path d="m6 3.5 4.5 4.5L6 12.5"/>`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 3.6A1.1 1.1 0 0 0 9.4 2.5H3.6A1.1 1.1 0 0 0 2.5 3.6v5.8a1.1 1.1 0 0 0 1.1 1.1"/>`,
  check: svg`<path d="m3 8.5 3.4 3.4L13 4.8"/>`,
  cross: svg`<path d="m4 4 8 8M12 4l-8 8"/>`,
  warning: svg`<path d="M8 2.3 14.3 13H1.7z"/><path d="M8 6.4v3.1M8 11.3v.1"/>`,
  stop: svg`<rect x="4" y="4" width="8" height="8" rx="1.5" fill="currentColor"/>`,
  send: svg`<path d="M8 13V3.4M3.8 7.4 8 3.2l4.2 4.2"/>`,
  bolt: svg`<path d="M9 1.8 3.6 9H8l-1 5.2L12.4 7H8z"/>`,
  menu: svg`<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11"/>`,
  agents: svg`<rect x="2.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M5.5 3.4a1.1 1.1 0 0 1 1.1-.9h5.8a1.1 1.1 0 0 1 1.1 1.1v5.8a1.1 1.1 0 0 1-.9 1.1M5 9.5h3"/>`,
  inbox: svg`<path d="M2.5 9.2 4.3 3h7.4l1.8 6.2v3.1a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z"/><path d="M2.6 9.2h3l1 1.7h2.8l1-1.7h3"/>`,
  help: svg`<circle cx="8" cy="8" r="6"/><path d="M6.2 6.3a1.85 1.85 0 1 1 2.6 1.7c-.55.26-.8.6-.8 1.2M8 11.2v.1"/>`,
  sun: svg`<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"/>`,
  moon: svg`<path d="M13.3 9.6A5.6 5.6 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9z"/>`,
  system: svg`<rect x="2" y="3" width="12" height="8" rx="1.2"/><path d="M6 13.5h4"/>`,
  external: svg`<path d="M9.5 2.5h4v4M13.3 2.7 7.5 8.5M11.5 9.5v3a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1h3"/>`,
  link: svg`<path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8"/><path d="M9.3 6.7a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8"/>`,
  fork: svg`<circle cx="4" cy="3.6" r="1.6"/><circle cx="12" cy="3.6" r="1.6"/><circle cx="8" cy="12.4" r="1.6"/><path d="M4 5.2v.9A1.9 1.9 0 0 0 5.9 8h4.2A1.9 1.9 0 0 0 12 6.1v-.9M8 8v2.8"/>`,
  down: svg`<path d="M8 3v9.6M3.8 8.6 8 12.8l4.2-4.2"/>`,
  pencil: svg`<path d="m10.8 2.7 2.5 2.5-7.8 7.8-3.2.7.7-3.2z"/>`,
  trash: svg`<path d="M2.8 4.3h10.4M6.3 4.1V2.6h3.4v1.5M4.2 4.5l.6 9h6.4l.6-9"/>`,
  archive: svg`<rect x="2" y="2.8" width="12" height="3" rx=".8"/><path d="M3 6v6.4a.9.9 0 0 0 .9.9h8.2a.9.9 0 0 0 .9-.9V6M6.4 8.6h3.2"/>`,
  folder: svg`<path d="M2 12.2V4.1a.9.9 0 0 1 .9-.9h3.2l1.5 1.7h5.5a.9.9 0 0 1 .9.9v6.4a.9.9 0 0 1-.9.9H2.9a.9.9 0 0 1-.9-.9z"/>`,
  thinking: svg`<circle cx="8" cy="8" r="5.8" stroke-dasharray="2.4 2.2"/><path d="M8 5v3.2l2 1.3"/>`,
  clock: svg`<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.6"/>`,
  circle: svg`<circle cx="8" cy="8" r="5" stroke-dasharray="2 2"/>`,
  skip: svg`<path d="M3.5 4 8.5 8l-5 4zM11.5 4v8"/>`,
  minus: svg`<circle cx="8" cy="8" r="5.4"/><path d="M5.4 8h5.2"/>`,
  pause: svg`<path d="M5.8 4v8M10.2 4v8"/>`,
  play: svg`<path d="M5 3.4 12.2 8 5 12.6z"/>`,
  branch: svg`<circle cx="4.5" cy="3.6" r="1.4"/><circle cx="4.5" cy="12.4" r="1.4"/><circle cx="11.5" cy="5.6" r="1.4"/><path d="M4.5 5v6M11.5 7c0 2.4-7 1.4-7 4"/>`,
  layers: svg`<path d="m8 2.6 5.6 2.8L8 8.2 2.4 5.4zM2.6 8.2 8 10.9l5.4-2.7M2.6 10.8 8 13.5l5.4-2.7"/>`,
  reuse: svg`<path d="M4.5 6.5H11a2.6 2.6 0 0 1 0 5.2H7.5"/><path d="M6.8 4 4.2 6.5l2.6 2.6"/>`,
  script: svg`<path d="M5.8 4.6 2.4 8l3.4 3.4M10.2 4.6 13.6 8l-3.4 3.4"/>`,
  rows: svg`<path d="M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11M2.5 12.5h11"/>`,
  machine: svg`<circle cx="4" cy="4.5" r="2.2"/><circle cx="12" cy="4.5" r="2.2"/><circle cx="8" cy="12" r="2.2"/><path d="M6.2 4.5h3.6M10.9 6.4 9.2 10M5.1 6.4 6.8 10"/>`,
  chat: svg`<path d="M2.5 3.5h11v7.6H7.6L4.6 13.6v-2.5H2.5z"/>`,
  chart: svg`<path d="M2.5 13.5h11M4.5 11.5V8M8 11.5v-7M11.5 11.5V6.4"/>`,
  pulse: svg`<path d="M1.8 8.5h3L6.6 4l2.8 8 1.9-3.5h2.9"/>`,
  gear: svg`<circle cx="8" cy="8" r="2.1"/><path d="M8 1.9v2M8 12.1v2M1.9 8h2M12.1 8h2M3.7 3.7l1.4 1.4M10.9 10.9l1.4 1.4M3.7 12.3l1.4-1.4M10.9 5.1l1.4-1.4"/>`,
  retry: svg`<path d="M13 8A5 5 0 1 1 11.4 4.3"/><path d="M13.2 2v3h-3"/>`,
} as const;

export type IconName = keyof typeof paths;

export const icon = (name: IconName, size = 16): TemplateResult => html`
  <svg
    width=${size}
    height=${size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.4"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${paths[name]}
  </svg>
`;

/** The sign of Everturn: a turn that comes round again. */
export const logo = (size = 22): TemplateResult => html`
  <svg width=${size} height=${size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="var(--accent)" />
    <g stroke="var(--on-accent)" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round">
      <path d="M22.5 12.2A7.6 7.6 0 1 0 23.6 16" />
      <path d="M23.9 7.6v5.2h-5.2" />
    </g>
  </svg>
`;
