// Reads the output of `npm audit --json`. Advisories end with exit code 1; a registry that has no audits does not.
import { readFileSync } from 'node:fs';

const { vulnerabilities, message } = JSON.parse(readFileSync(0, 'utf8') || '{}');
const found = Object.values(vulnerabilities ?? {});
for (const { name, severity, range, via } of found) {
  const titles = via.filter((one) => typeof one === 'object').map(({ title, url }) => `${title} (${url})`);
  console.error(`${severity}: ${name} ${range} ${titles.join('; ')}`);
}
if (!vulnerabilities) console.error(`npm audit: not audited, ${message ?? 'the registry did not answer'}`);
else console.log(`npm audit: ${found.length} packages with advisories`);
if (found.length > 0) process.exitCode = 1;
