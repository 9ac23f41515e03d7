export type EarlierText = {
  /** Of the migration. */
  name: string;
  sha256: string;
  /**
   * What makes of its tables what the present text makes: a file in `repairs/`, run in place of the migration.
   * Null: only functions differed, which are applied again at every change. `removed`: it held functions only and is gone.
   */
  repair: string | 'removed' | null;
};

/**
 * Texts of migrations that were committed and edited or removed afterwards, before migrations were frozen (issue 10).
 * Databases made by those commits are still upgraded. Complete, and never to grow: an edit of a migration is an error.
 */
export const earlierTexts: readonly EarlierText[] = [
  // cd0faa1, 9f91866, 64983ba
  {
    name: '003_flows.sql',
    sha256: 'a1d3c42c502b1f20c0abae73f6db74ee5cf3e5a688fe1da552501b888d9a78bc',
    repair: null,
  },
  {
    name: '003_flows.sql',
    sha256: '32a4d31a0c0bfc0e6a21b312b328be21679e26584d0d7239b8fa7779ec5e3b4a',
    repair: null,
  },
  {
    name: '003_flows.sql',
    sha256: '14c8fbdeaadd985f891fea78060eff4ce01aa33f73ff072ed17676104b6d7cea',
    repair: null,
  },
  // 60d9928
  {
    name: '004_scripts.sql',
    sha256: 'b97a12fa81931ef2873154e5683d9547473ab62cebef71f1175a2ba52deac7d1',
    repair: null,
  },
  // d919416
  {
    name: '006_run_limits.sql',
    sha256: '139459a36910d1525cafec26054b22a929ed0e38e319396e2234b728d0fb6da0',
    repair: '006_run_limits.sql',
  },
  // 1a4b995
  {
    name: '010_call_results.sql',
    sha256: '9e498661dcf391a47c7632d9c48a4735c11ba43aa24bcdc862cc1da50f6d6856',
    repair: 'removed',
  },
  // 9376190
  {
    name: '010_temp_deltas.sql',
    sha256: 'f0df5da26a934ea0c0335f7f58c07dc2ea0dbf5b5a403a5e0bbb08f34c8b8614',
    repair: 'removed',
  },
  // dac5ebf
  {
    name: '010_mailbox.sql',
    sha256: '1bd280faf1daf44744c5078c5680b0924d6ed831dc3975ab9f877bd852a27c8e',
    repair: '010_mailbox.sql',
  },
];
