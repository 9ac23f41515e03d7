/** A reply with everything that is drawn in a way of its own. */
export const richReply = `## What the log says

Buoy 9 lags **behind the tide**[^lag]. The lead \`leadMs\` is in seconds where milliseconds are meant, so the lamp is lit 3.6 s early instead of one hour.

\`\`\`ts
const leadMs = 60 * 60 * 1000; // one hour before high water

export const plan = (tides: Tide[], buoys: Buoy[]): Plan => {
  const next = tides.filter((tide) => tide.at > Date.now());
  return buoys.map(({ id }) => ({ buoy: id, lit: next.map((tide) => tide.at - leadMs) }));
};
\`\`\`

The height of the water between two entries of the table follows the rule of twelfths, $h(t) = \\frac{H}{2}\\left(1 - \\cos\\frac{\\pi t}{T}\\right)$, and the lamp is due where

$$
\\int_{t_0}^{t_1} \\dot h(t)\\,dt = \\sum_{k=1}^{n} \\frac{k}{12}\\,\\Delta H \\geq h_{\\min} = \\sqrt{2\\,g\\,d}
$$

| buoy | due | lit | late by |
| :-- | --: | --: | --: |
| 7 | 04:12 | 04:12 | 0 s |
| 9 | 04:40 | 05:40 | **3600 s** |
| 14 | 05:02 | 06:02 | **3600 s** |

1. Correct the lead in \`src/plan.ts\`.
2. Run the tests again:

   \`\`\`sh
   npm ci && npm test -- --grep "one hour"
   \`\`\`

3. Compare with the [tide notes](https://example.org/tides) and the chart: ![chart of the harbour](https://example.org/chart.png)

- [x] tide table read
- [ ] lamps of the western mole

> A plan is never changed in the hour before high water.[^rule]

[^lag]: Measured at the mole, see \`data/lag.csv\`.
[^rule]: Harbour rules, section 4.
`;
