import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { logo } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';

type TokenScreenProps = {
  refused: string | null;
  /** The token was accepted before. */
  expired: boolean;
  /** Where to sign in instead. */
  login: string | null;
};

/** Shown without a token that the API accepts: says where to find one. */
class TokenScreen extends element<TokenScreenProps>({ refused: null, expired: false, login: null }) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        place-items: center;
        height: 100%;
        padding: var(--space-4);
        overflow: auto;
      }
      main {
        width: min(27rem, 100%);
      }
      h1 {
        margin: var(--space-5) 0 var(--space-2);
        font-size: var(--text-xl);
        font-weight: 650;
        letter-spacing: -0.015em;
      }
      p {
        margin: 0 0 var(--space-4);
      }
      ol {
        margin: 0 0 var(--space-5);
        padding-left: 1.25rem;
        color: var(--muted);
      }
      li + li {
        margin-top: var(--space-2);
      }
      code {
        padding: 0.1em 0.35em;
        border-radius: 4px;
        background: var(--hover);
        color: var(--fg);
        white-space: nowrap;
      }
      form {
        display: flex;
        gap: var(--space-2);
      }
      form label {
        flex: 1;
      }
      form button {
        min-height: 2.5rem;
      }
      .refused {
        color: var(--danger);
      }
    `,
  ];

  override render() {
    return html`<main>
      ${logo(36)}
      <h1>${this.heading()}</h1>
      ${
        this.refused
          ? html`<p class="refused" role="alert">${this.refused}</p>`
          : html`<p>The console needs the token of this installation.</p>`
      }
      ${this.expired ? html`<p>You return to the same page. Drafts and unsent messages are kept.</p>` : nothing}
      ${this.login ? html`<p><a href=${this.login} @click=${() => request(this, 'sign-in', null)}>Sign in with your team’s account</a>, or use a token:</p>` : nothing}
      <ol>
        <li>Run <code>npx everturn up</code> in your project and open the address it prints.</li>
        <li>Or paste the contents of <code>.everturn/token</code> from that folder.</li>
      </ol>
      <form @submit=${this.submit}>
        <label>
          <span class="hidden-text">Token</span>
          <input name="token" type="password" autocomplete="off" spellcheck="false" placeholder="Token" required />
        </label>
        <button class="primary">Open console</button>
      </form>
    </main>`;
  }

  private heading(): string {
    if (this.expired) return 'Sign in again';
    return this.refused ? 'That token was refused' : 'Sign in with a token';
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const token = this.renderRoot.querySelector('input')?.value.trim() ?? '';
    if (token !== '') request(this, 'use-token', { token });
  }
}

customElements.define('ev-token-screen', TokenScreen);
