import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ConfigState } from '../../contracts/config-changes.ts';
import type { PermissionList } from '../../contracts/permissions/api.ts';
import type { EnvironmentRow, Setting, Settings } from '../../contracts/settings.ts';
import type { SkillRow } from '../../contracts/skills.ts';
import type { ToolList, ToolSource } from '../../contracts/tool-sources.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { moment, plural } from '../parts/model/format.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { go, pageHead } from '../parts/page-head.ts';
import { sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Parts } from './model/parts.ts';
import { partView } from './part-view.ts';
import './notes.ts';
import '../parts/time.ts';

type SettingsPageProps = {
  parts: Parts;
  section: string | null;
  locked: string | null;
  compact: boolean;
  search: string;
  /** Values that are as they were delivered, too. */
  all: boolean;
};

const sections = [
  ['configuration', 'Configuration'],
  ['environment', 'Environment'],
  ['permissions', 'Permissions'],
  ['mcp', 'MCP servers'],
  ['tools', 'Tools'],
  ['skills', 'Skills'],
  ['memory', 'Memory'],
] as const;
type Section = (typeof sections)[number][0];

const sourceWords: Record<Setting['source'], string> = {
  file: 'everturn.yaml',
  personal: 'your own file',
  default: 'default',
};
const placeWords: Record<PermissionList['rules'][number]['source'], string> = {
  session: 'one session',
  here: 'one folder',
  personal: 'your own file',
  project: 'everturn.yaml',
  permission: 'the session',
  agent: 'the agent',
  'built-in': 'built in',
  late: 'a late approval',
};

/** What the stack was told, and what it has learnt: every value with where it comes from. */
class SettingsPage extends element<SettingsPageProps>(
  { parts: {}, section: null, locked: null, compact: false, search: '', all: false },
  'search',
  'all',
) {
  static override styles = [
    shared,
    pageStyles,
    css`
      .layout {
        display: grid;
        grid-template-columns: 11rem minmax(0, 1fr);
        gap: var(--space-6);
        max-width: 110rem;
        padding: var(--space-5);
      }
      nav {
        position: sticky;
        top: var(--space-5);
        display: grid;
        align-self: start;
        gap: 1px;
      }
      nav a {
        display: flex;
        align-items: center;
        min-height: 1.75rem;
        padding: 0 var(--space-2);
        border-radius: var(--radius-s);
        color: var(--muted);
        font-size: var(--text-s);
        text-decoration: none;
      }
      nav a:hover {
        background: var(--hover);
      }
      nav a[aria-current] {
        background: var(--active);
        color: var(--fg);
        font-weight: 550;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-3);
        margin-bottom: var(--space-3);
      }
      .tools input[type='search'] {
        width: 18rem;
        height: 2rem;
        padding: 0 var(--space-2);
        border-color: var(--line);
        font-size: var(--text-s);
      }
      .tools label {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        color: var(--muted);
        font-size: var(--text-s);
      }
      .tools label input {
        margin: 0;
        accent-color: var(--accent);
      }
      td code {
        overflow-wrap: anywhere;
      }
      tr.given td:first-child code {
        color: var(--fg);
        font-weight: 600;
      }
      details {
        margin-bottom: var(--space-3);
        border-bottom: 1px solid var(--line);
        padding-bottom: var(--space-3);
      }
      summary {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-3);
        align-items: baseline;
        min-height: var(--row);
        cursor: pointer;
        font-size: var(--text-s);
      }
      @container (max-width: 48rem) {
        .layout {
          grid-template-columns: minmax(0, 1fr);
          gap: var(--space-4);
          padding: var(--space-3);
        }
        nav {
          position: static;
          display: flex;
          flex-wrap: wrap;
        }
        .origin {
          display: none;
        }
      }
    `,
  ];

  private get open(): Section {
    return sections.find(([name]) => name === this.section)?.[0] ?? 'configuration';
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('section')) this.scrollTo({ top: 0 });
  }

  override render() {
    const { open } = this;
    return html`${pageHead('Settings')}
      <div class="layout">
        <nav aria-label="Sections of the settings">
          ${sections.map(([name, words]) => html`<a href="/settings#${name}" aria-current=${name === open ? 'page' : nothing} @click=${go}>${words}</a>`)}
        </nav>
        <section aria-label=${sections.find(([name]) => name === open)?.[1] ?? ''}>${this.content(open)}</section>
      </div>`;
  }

  private content(open: Section): TemplateResult {
    const { parts } = this;
    switch (open) {
      case 'configuration':
        return html`${partView(parts, 'config', 'the state of everturn.yaml', (state) => html`${this.state(state)}`)}
          ${partView(parts, 'settings', 'the configuration', (settings) => this.settings(settings))}`;
      case 'environment':
        return partView(parts, 'settings', 'the environment', ({ environment }) => this.environment(environment));
      case 'permissions':
        return partView(parts, 'permissions', 'permissions', (list) => this.permissions(list));
      case 'mcp':
        return partView(parts, 'tools', 'MCP servers', (tools) => this.servers(tools));
      case 'tools':
        return partView(parts, 'tools', 'tools', (tools) => this.tools(tools));
      case 'skills':
        return partView(parts, 'skills', 'skills', (skills) => this.skills(skills));
      case 'memory':
        return partView(
          parts,
          'notes',
          'notes',
          (notes) => html`<ev-notes .list=${notes} .locked=${this.locked}></ev-notes>`,
        );
    }
  }

  private state({ fault, needsRestart }: ConfigState): TemplateResult | typeof nothing {
    if (fault !== null)
      return html`<div class="failed" role="alert"><span>everturn.yaml as it is now is not in use: ${visible(fault)}</span></div>`;
    if (needsRestart.length === 0) return nothing;
    return html`<div class="failed" role="status"><span>Restart the stack for ${needsRestart.join(', ')} to take effect.</span></div>`;
  }

  private settings({ file, isIgnored, settings }: Settings): TemplateResult {
    const wanted = this.search.toLowerCase();
    const shown = settings.filter(
      ({ path, value, source }) =>
        (this.all || wanted !== '' || source !== 'default') && `${path} ${value ?? ''}`.toLowerCase().includes(wanted),
    );
    return html`<p class="lead">
        ${file === null ? html`There is no everturn.yaml in the project, so every value is the default.` : isIgnored ? html`<span class="warn">everturn.yaml is not trusted, so the defaults are in use. Run <code>npx everturn trust</code> to review it.</span>` : html`The values in use. <code>${visible(file)}</code> is read again whenever it changes.`}
        Secrets are never stored here; values that may hold one are masked.
      </p>
      <div class="tools">
        <input type="search" aria-label="Search settings" placeholder="Search settings" .value=${this.search} @input=${this.typed} />
        <label><input type="checkbox" .checked=${this.all} @change=${this.showAll} />Show defaults</label>
      </div>
      ${
        shown.length === 0
          ? html`<p class="empty">${wanted ? 'No setting matches.' : 'Nothing differs from the defaults.'}</p>`
          : html`<table>
              <thead><tr><th>Setting</th><th>Value</th><th class="origin">From</th></tr></thead>
              <tbody>${shown.map((setting) => this.setting(setting))}</tbody>
            </table>`
      }`;
  }

  private setting({ path, value, source, isSecret }: Setting): TemplateResult {
    return html`<tr class=${source === 'default' ? '' : 'given'}>
      <td class="wrap"><code>${visible(path)}</code></td>
      <td class="wrap">${value === null || value === '' ? html`<span class="muted">not set</span>` : html`<code title=${isSecret ? 'Masked: it may hold a secret' : nothing}>${visible(String(value))}</code>`}</td>
      <td class="short origin muted">${sourceWords[source]}</td>
    </tr>`;
  }

  private environment(environment: readonly EnvironmentRow[]): TemplateResult {
    if (environment.length === 0) return html`<p class="empty">This API does not report its environment.</p>`;
    return html`<p class="lead">The environment of the API process. With <code>everturn up</code>, the supervisor sets most of these.</p>
      <table>
        <thead><tr><th>Variable</th><th>Value</th><th class="origin">From</th></tr></thead>
        <tbody>
          ${environment.map(({ name, value, source, isSecret }) => html`<tr class=${source === 'environment' ? 'given' : ''}><td class="wrap"><code>${name}</code></td><td class="wrap">${value === null ? html`<span class="muted">not set</span>` : html`<code title=${isSecret ? 'Masked: it is a secret' : nothing}>${visible(value)}</code>`}</td><td class="short origin muted">${source}</td></tr>`)}
        </tbody>
      </table>`;
  }

  private permissions({ rules, roots, faults }: PermissionList): TemplateResult {
    const isOwn = ({ source }: (typeof rules)[number]): boolean => source === 'session' || source === 'here';
    const remembered = rules.filter(isOwn);
    const others = rules.filter((rule) => !isOwn(rule));
    return html`${faults.map((fault) => html`<div class="failed" role="alert"><span>${visible(fault)}</span></div>`)}
      <h2 class="section">Remembered answers <small>rules that were added while the stack runs</small></h2>
      ${
        remembered.length === 0
          ? html`<p class="empty">None yet. “Allow for this session” on an approval adds one.</p>`
          : html`<table>
              <thead><tr><th>Rule</th><th>Holds for</th><th class="origin">By</th><th></th></tr></thead>
              <tbody>
                ${remembered.map(({ id, words, sessionId, workspace, createdBy, source }) => html`<tr><td class="wrap">${visible(words)}</td><td class="wrap muted">${placeWords[source]}: ${sessionId === null ? html`<code>${visible(workspace ?? '')}</code>` : sessionLink(sessionId, sessionId)}</td><td class="short origin muted">${visible(createdBy ?? '')}</td><td class="act">${this.remover(id, 'Remove')}</td></tr>`)}
              </tbody>
            </table>`
      }
      <h2 class="section">Read access <small>folders outside a workspace that a session may read</small></h2>
      ${
        roots.length === 0
          ? html`<p class="empty">No session may read outside its workspace.</p>`
          : html`<table>
              <thead><tr><th>Folder</th><th>Session</th><th class="origin">Granted</th><th></th></tr></thead>
              <tbody>
                ${roots.map(({ id, path, sessionId, grantedBy, grantedAt }) => html`<tr><td class="wrap"><code>${visible(path)}</code></td><td class="wrap">${sessionLink(sessionId, sessionId)}</td><td class="short origin muted" title=${moment(grantedAt)}>by ${visible(grantedBy)}, <ev-time at=${grantedAt}></ev-time></td><td class="act">${this.remover(id, 'Revoke')}</td></tr>`)}
              </tbody>
            </table>`
      }
      <h2 class="section">Rules of files <small>edit the file to change them</small></h2>
      ${
        others.length === 0
          ? html`<p class="empty">No rules in everturn.yaml or in your own file. Reading needs no approval; writing files and running commands do.</p>`
          : html`<table>
              <thead><tr><th>Rule</th><th>From</th></tr></thead>
              <tbody>${others.map(({ words, source, place }) => html`<tr><td class="wrap">${visible(words)}</td><td class="wrap muted">${placeWords[source]}${place ? html` · ${visible(place)}` : nothing}</td></tr>`)}</tbody>
            </table>`
      }`;
  }

  private remover(id: string | null, words: string): TemplateResult | typeof nothing {
    if (id === null) return nothing;
    return html`<button ?disabled=${this.locked !== null} title=${this.locked ?? nothing} @click=${() => request(this, 'remove-permission', { id })}>${words}</button>`;
  }

  private servers({ sources }: ToolList): TemplateResult {
    const servers = sources.filter(({ kind }) => kind === 'mcp');
    return html`<p class="lead">Tool servers, from <code>mcp</code> in everturn.yaml and from <code>~/.everturn/mcp.yaml</code>.</p>
      ${servers.length === 0 ? html`<p class="empty">No MCP server is configured.</p>` : servers.map((source) => this.source(source))}`;
  }

  private source({ name, kind, fault, offers, at }: ToolSource): TemplateResult {
    const { tools, faults, resources, prompts, software } = offers;
    const offered = [
      plural(tools.length, 'tool'),
      ...(resources.length > 0 ? [plural(resources.length, 'resource')] : []),
      ...(prompts.length > 0 ? [plural(prompts.length, 'prompt')] : []),
    ];
    return html`<details ?open=${fault !== null || kind === 'file'}>
      <summary>
        <b><i class="dot ${fault === null ? '' : 'bad'}"></i>${visible(name)}</b>
        ${software === null ? nothing : html`<span class="muted">${visible(software)}</span>`}
        <span class="muted">${fault === null ? offered.join(', ') : 'not available'} · asked <ev-time at=${at}></ev-time></span>
      </summary>
      ${fault === null ? nothing : html`<p class="bad">${visible(fault)}</p>`}
      ${faults.map(({ tool, message }) => html`<p class="warn">${visible(tool)}: ${visible(message)}</p>`)}
      ${
        tools.length === 0
          ? nothing
          : html`<table>
              <tbody>
                ${tools.map(({ name: tool, description, permission, effect }) => html`<tr><td class="short"><code>${visible(tool)}</code></td><td class="wrap muted">${visible(description.split('\n')[0] ?? '')}</td><td class="short origin muted">${permission} · ${effect}</td></tr>`)}
              </tbody>
            </table>`
      }
    </details>`;
  }

  private tools({ builtIn, sources }: ToolList): TemplateResult {
    const own = sources.filter(({ kind }) => kind === 'file');
    return html`<h2 class="section">Own tools <small>files in <code>.everturn/tools/</code></small></h2>
      ${own.length === 0 ? html`<p class="empty">No tool of your own. Run <code>npx everturn tools new NAME</code> to write one.</p>` : own.map((source) => this.source(source))}
      <h2 class="section">Built-in tools</h2>
      <table>
        <tbody>
          ${builtIn.map(({ name, description }) => html`<tr><td class="short"><code>${name}</code></td><td class="wrap muted">${description}</td></tr>`)}
        </tbody>
      </table>`;
  }

  private skills(skills: readonly SkillRow[]): TemplateResult {
    if (skills.length === 0)
      return html`<p class="empty">No skills. Put a folder with a SKILL.md into <code>.everturn/skills/</code>.</p>`;
    return html`<p class="lead">Instructions that an agent loads when it needs them, from <code>.everturn/skills/</code> and <code>.claude/skills/</code>.</p>
      <table>
        <thead><tr><th>Skill</th><th>Description</th><th class="origin">From</th></tr></thead>
        <tbody>
          ${skills.map(({ name, description, origin, folder, problem }) => html`<tr><td class="short"><i class="dot ${problem === null ? '' : 'warn'}"></i>${visible(name)}</td><td class="wrap ${problem === null ? 'muted' : 'warn'}">${visible(problem === null ? description : `Not offered: ${problem}`)}</td><td class="short origin muted" title=${folder}>${origin}</td></tr>`)}
        </tbody>
      </table>`;
  }

  private typed({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.search = target.value.trim();
  }

  private showAll({ target }: Event): void {
    if (target instanceof HTMLInputElement) this.all = target.checked;
  }
}

customElements.define('ev-settings-page', SettingsPage);
