import { UsagePairPage, UsageReport } from '../contracts/usage-report.ts';
import type { Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type UsageApi = {
  /** What requests to models used; `by` is a dimension, or several with commas. */
  usageReport(
    query?: {
      by?: string | undefined;
      from?: string | undefined;
      to?: string | undefined;
      session?: string | undefined;
      run?: string | undefined;
    },
    options?: Signal,
  ): Promise<UsageReport>;
  /** The same as CSV. */
  usageCsv(query?: { by?: string; from?: string; to?: string }, options?: Signal): Promise<Blob>;
  /** The requests of a session, each with the length that was noted before it. */
  listRequests(id: string, query?: { cursor?: string; limit?: number }, options?: Signal): Promise<UsagePairPage>;
};

export const usageApi = ({ read, send }: Transport): UsageApi => ({
  usageReport: (query, { signal } = {}) =>
    read(UsageReport, { action: 'read the usage', path: '/usage', query, signal }),
  usageCsv: async (query, { signal } = {}) => {
    const headers = { accept: 'text/csv' };
    const response = await send({
      action: 'read the usage',
      path: '/usage',
      query: { ...query, format: 'csv' },
      headers,
      signal,
    });
    return await response.blob();
  },
  listRequests: (id, query, { signal } = {}) =>
    read(UsagePairPage, {
      action: `list the requests of session ${id}`,
      path: `/sessions/${encodeURIComponent(id)}/requests`,
      query,
      signal,
    }),
});
