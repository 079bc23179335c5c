/** Programs that begin sessions, as their User-Agent tells them; the first that fits. Chromium's relatives name themselves beside it. */
const programs: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:A|iOS)?\/(\d+)/, 'Edge'],
  [/\bOPR\/(\d+)/, 'Opera'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/\bFxiOS\/(\d+)/, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/(\d+)/, 'Chrome'],
  [/\bCriOS\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//, 'Safari'],
];

const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const longest = 40;

/** `Firefox 141, Linux`; for what is no browser the beginning of what it calls itself, null where it says nothing. */
export function programOf(agent: string | null): string | null {
  if (agent === null || agent.trim() === '') return null;
  const found = programs
    .map(([pattern, name]) => ({ name, version: pattern.exec(agent)?.[1] }))
    .find(({ version }) => version !== undefined);
  if (!found) return agent.length > longest ? `${agent.slice(0, longest)}…` : agent;
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  return [`${found.name} ${found.version}`, ...(system ? [system] : [])].join(', ');
}
