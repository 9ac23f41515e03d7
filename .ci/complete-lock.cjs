// node .ci/complete-lock.cjs package-lock.json
// Where a registry lacks the packages of other platforms, npm leaves them out of the lock file without a word, and
// `npm ci` then refuses the lock file everywhere. This puts them back, by name and version; run it after each `npm install`.
const fs = require('node:fs');
const lock = JSON.parse(fs.readFileSync(process.argv[2]));
const P = lock.packages;
const oses = {
  darwin: 'darwin',
  linux: 'linux',
  linuxmusl: 'linux',
  win32: 'win32',
  windows: 'win32',
  win: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  openharmony: 'openharmony',
  fsevents: 'darwin',
};
const cpus = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  armhf: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
};
let added = 0,
  odd = [];
for (const [at, p] of Object.entries({ ...P })) {
  for (const [name, spec] of Object.entries(p.optionalDependencies ?? {})) {
    const nested = at ? `${at}/node_modules/${name}` : `node_modules/${name}`;
    if (P[`node_modules/${name}`] || P[nested]) continue;
    const words = name.replace(/^@/, '').split(/[/-]/);
    const os = words.map((w) => oses[w]).find(Boolean);
    const cpu = words.map((w) => cpus[w]).find(Boolean) ?? (/gnueabihf|musleabihf|eabi/.test(name) ? 'arm' : undefined);
    if (!os && !cpu) odd.push(name);
    P[`node_modules/${name}`] = {
      version: spec.replace(/^[\^~]/, ''),
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(p.dev ? { dev: true } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
    };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(P).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(process.argv[2], `${JSON.stringify(lock, null, 2)}\n`);
console.log('added', added, 'odd', odd);
