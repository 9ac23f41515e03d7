import type { Health } from '../../../contracts/api.ts';
import type { EverturnError } from '../../../contracts/errors.ts';
import type { TrustState } from '../../../contracts/trust.ts';
import type { WorkCounts } from '../../../contracts/work.ts';
import type { Address, ViewAddress } from '../model/address.ts';
import type { Density, Notice, Panel, RailList, ThemeChoice } from '../model/shell.ts';
import type { Action } from './actions.ts';

/** What surrounds the conversation: who is allowed in, what is open, what is told. */
export type Shell = {
  /** Of a person who has signed in: empty, the browser's cookie is enough. */
  token: string | null;
  /** Why the last token was not accepted. */
  refused: string | null;
  /** It had been accepted before: it has expired, or was revoked. */
  expired: boolean;
  /** Where people sign in without a token; null where they cannot, or until it is known. */
  login: string | null;
  health: Health | null;
  /** What the project is trusted with; null while it is not known. */
  trust: TrustState | null;
  /** Why the health is not known, while it is not. */
  unhealthy: EverturnError | null;
  theme: ThemeChoice;
  density: Density;
  panel: Panel;
  railOpen: boolean;
  railList: RailList;
  /** The address names no page. */
  missing: boolean;
  /** The list or the operator's page that is open. */
  view: ViewAddress | null;
  /** What runs, waits and failed; null while it is not known. */
  counts: WorkCounts | null;
  /** What the start page offers. */
  start: Extract<Address, { page: 'start' }>;
  notices: Notice[];
  creating: boolean;
  createError: EverturnError | null;
};

export const initialShell = (token: string | null, theme: ThemeChoice, density: Density): Shell => ({
  token,
  refused: null,
  expired: false,
  login: null,
  health: null,
  trust: null,
  unhealthy: null,
  theme,
  density,
  panel: 'none',
  railOpen: false,
  railList: 'sessions',
  missing: false,
  view: null,
  counts: null,
  start: { page: 'start', tab: 'session', name: null },
  notices: [],
  creating: false,
  createError: null,
});

const maxNotices = 4;

const railOf = ({ railList, start }: Shell, address: Address): Pick<Shell, 'railList' | 'start'> => {
  if (address.page === 'start') return { railList, start: address };
  return { railList: address.page === 'run' ? 'runs' : railList, start };
};

export const updateShell = (shell: Shell, action: Action): Shell => {
  switch (action.type) {
    case 'token-set':
      return { ...shell, token: action.token, refused: null, expired: false };
    case 'token-refused':
      if (shell.token === null) return shell;
      return { ...shell, token: null, refused: action.reason, expired: shell.health !== null, health: null };
    case 'login-offered':
      return { ...shell, login: action.address };
    case 'health':
      return { ...shell, health: action.health, unhealthy: null };
    case 'counts':
      return { ...shell, counts: action.counts };
    case 'trust':
      return { ...shell, trust: action.trust };
    case 'health-failed':
      return { ...shell, unhealthy: action.error };
    case 'theme':
      return { ...shell, theme: action.theme };
    case 'density':
      return { ...shell, density: action.density };
    case 'panel':
      return { ...shell, panel: action.panel, createError: null };
    case 'rail':
      return { ...shell, railOpen: action.open };
    case 'rail-list':
      return { ...shell, railList: action.list };
    case 'place':
      return {
        ...shell,
        ...railOf(shell, action.address),
        missing: action.address.page === 'missing',
        view: action.address.page === 'list' || action.address.page === 'operate' ? action.address : null,
        railOpen: false,
        panel: 'none',
      };
    case 'creating':
      return { ...shell, creating: true, createError: null };
    case 'run-started':
      return { ...shell, panel: 'none' };
    case 'created':
      return { ...shell, creating: false, panel: 'none' };
    case 'create-failed':
      return { ...shell, creating: false, createError: action.error };
    case 'notice':
      return { ...shell, notices: [...shell.notices, action.notice].slice(-maxNotices) };
    case 'notice-dismissed':
      return { ...shell, notices: shell.notices.filter(({ id }) => id !== action.id) };
    default:
      return shell;
  }
};
