// `ahual cameras discover`: cameras found in the network, told as a table for people and as a CSV that `import` takes.
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { loadConfig } from '#config';
import { systemClock, type Clock } from '#core/clock';
import { AhualError } from '#core/errors';
import { csvLine, searchNetwork, type Asker, type Found, type OnboardAnswer, type OnvifProfile } from '#ingest';
import { askerOf, signInNamed } from './cameras-ask.ts';

/** One camera of a device: a recorder has several. */
export interface DiscoveredCamera {
  readonly id: string;
  readonly name: string;
  readonly main: OnvifProfile;
  readonly sub: OnvifProfile | null;
  readonly snapshot: string | null;
  /** Whether its still picture is of now; null where it was not asked for. */
  readonly still: string | null;
}

export interface Discovered {
  readonly found: Found;
  readonly answer: OnboardAnswer | null;
  readonly cameras: readonly DiscoveredCamera[];
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

export interface DiscoverWish {
  readonly signIn: { readonly user: string; readonly password: string } | null;
  readonly mayName: readonly string[];
  readonly askStills: boolean;
}

const atOnce = 4;
/** A secret that so many devices refuse one after the other is wrong; trying on would lock accounts all over the city. */
const mostWrong = 3;
const askMs = 45_000;
const stillApartMs = 5000;

const pixels = (one: OnvifProfile): number => (one.widthPx ?? 0) * (one.heightPx ?? 0);

/** The cameras of a device: by source of video, its largest profile as the main stream and its smallest as the small one. */
export function camerasOf(found: Found, profiles: readonly OnvifProfile[]): Omit<DiscoveredCamera, 'still'>[] {
  const sources = [...new Set(profiles.map(({ source }) => source))];
  const base = found.ip.replaceAll(/[^0-9A-Za-z]/g, '-');
  return sources.flatMap((source, i) => {
    const own = profiles
      .filter((one) => one.source === source && one.rtsp !== null)
      .sort((a, b) => pixels(b) - pixels(a));
    const [largest] = own;
    if (!largest) return [];
    const presets = profiles.find((one) => one.source === source && one.presets.length > 0)?.presets ?? [];
    const main = { ...largest, presets };
    const last = own.at(-1);
    const sub = last && last.rtsp !== main.rtsp && pixels(last) < pixels(main) ? last : null;
    const snapshot = own.find((one) => one.snapshot !== null)?.snapshot ?? null;
    const id = sources.length > 1 ? `${base}-${i + 1}` : base;
    return [
      {
        id,
        name: found.name === '' ? id : `${found.name}${sources.length > 1 ? ` ${i + 1}` : ''}`,
        main,
        sub,
        snapshot,
      },
    ];
  });
}

/** Asks every device that was found. The sign-in goes once to each, and no further when device after device refuses it. */
export async function askDevices(asker: Asker, devices: readonly Found[], wish: DiscoverWish): Promise<Discovered[]> {
  const waiting = [...devices.entries()];
  const done = new Map<number, Discovered>();
  let wrong = 0;
  const one = async (found: Found): Promise<Discovered> => {
    if (found.address === null) return { found, answer: null, cameras: [], notes: [found.why] };
    const isTrusted = wrong < mostWrong;
    const signIn = isTrusted ? wish.signIn : null;
    const answer = await asker.ask(
      { kind: 'onvif', address: found.address, signIn, mayName: [...wish.mayName] },
      askMs,
    );
    if (answer.kind !== 'onvif')
      return { found, answer, cameras: [], notes: [answer.kind === 'refusal' ? answer.detail : 'no answer'] };
    if (answer.signIn === 'wrong') wrong++;
    else if (answer.signIn === 'taken') wrong = 0;
    const used = answer.signIn === 'taken' ? signIn : null;
    const cameras: DiscoveredCamera[] = [];
    for (const camera of camerasOf(found, answer.profiles)) {
      let still: string | null = null;
      if (wish.askStills && camera.snapshot !== null) {
        const asked = { kind: 'still' as const, address: camera.snapshot, signIn: used, apartMs: stillApartMs };
        const told = await asker.ask(asked, stillApartMs + 15_000);
        still = told.kind === 'still' ? told.freshness.state : told.kind === 'refusal' ? told.state : null;
      }
      cameras.push({ ...camera, still });
    }
    const notes = [
      ...answer.notes,
      ...answer.profiles.flatMap(({ refused }) => refused),
      ...(answer.signIn === 'wrong' ? ['it refused the sign-in; it was tried once'] : []),
      ...(answer.signIn === 'not-tried'
        ? [
            isTrusted
              ? 'it asks for a sign-in: name one with --credential'
              : `${mostWrong} devices refused the sign-in; it was not tried here`,
          ]
        : []),
      ...(answer.clockOffsetS !== null && Math.abs(answer.clockOffsetS) > 5
        ? [`its clock is ${answer.clockOffsetS} s off ours`]
        : []),
    ];
    return { found, answer, cameras, notes: [...new Set(notes)] };
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) done.set(next[0], await one(next[1]));
  };
  // With a sign-in one after the other until it proved right: four at once would be four refusals at once.
  await Promise.all(Array.from({ length: wish.signIn ? 1 : atOnce }, work));
  return [...done.entries()].sort(([a], [b]) => a - b).map(([, device]) => device);
}

/** A table that `ahual cameras import` takes once latitudes and longitudes are filled in. Old still pictures are left out of it. */
export function discoveredTable(devices: readonly Discovered[], credential: string | undefined): string {
  const head = ['id', 'name', 'lat', 'lon', 'rtsp', 'sub_rtsp', 'snapshot', 'credential'];
  const lines = devices.flatMap(({ cameras, answer }) =>
    cameras.map(({ id, name, main, sub, snapshot, still }) => {
      const isUsed = answer?.kind === 'onvif' && answer.signIn === 'taken';
      const usable = still === null || still === 'fresh' || still === 'unsure';
      return csvLine([id, name, '', '', main.rtsp, sub?.rtsp, usable ? snapshot : '', isUsed ? credential : '']);
    }),
  );
  return `\uFEFF${csvLine(head)}${lines.join('')}`;
}

const size = (one: OnvifProfile): string =>
  `${one.codec} ${one.widthPx ?? '?'}x${one.heightPx ?? '?'}${one.fps === null ? '' : ` ${one.fps}/s`}`;

/** What was found, for a person. */
export function discoveredWords(devices: readonly Discovered[]): string[] {
  return [
    ...devices.flatMap(({ found, answer, cameras, notes }) => {
      const signIn = answer?.kind === 'onvif' ? answer.signIn : '-';
      return [
        [found.ip, found.name || '-', found.model || '-', `sign-in ${signIn}`].join('\t'),
        ...cameras.map(
          ({ id, main, sub, snapshot, still }) =>
            `  ${id}\t${size(main)}\t${main.rtsp ?? ''}${sub ? `\tsmall ${size(sub)}` : ''}${snapshot === null ? '' : `\tstill ${still ?? 'not asked'}`}`,
        ),
        ...cameras.flatMap(({ id, main }) =>
          main.presets.length === 0
            ? []
            : [`  ${id}\tviews ${main.presets.map((view) => `${view.token} "${view.name}"`).join(', ')}`],
        ),
        ...notes.map((note) => `  note: ${note}`),
      ];
    }),
    `${devices.length} devices answered, ${devices.reduce((sum, one) => sum + one.cameras.length, 0)} cameras can be listed`,
  ];
}

interface DiscoverOptions {
  readonly subnet: string[];
  readonly multicast: boolean;
  readonly at: string[];
  readonly seconds: string;
  readonly credential?: string;
  readonly mayName: string[];
  readonly stills: boolean;
  readonly csv?: string;
  readonly json: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function runDiscover(options: DiscoverOptions, clock: Clock): Promise<void> {
  const { settings } = loadConfig(process.env);
  const seconds = Number(options.seconds);
  if (!(seconds > 0 && seconds <= 60))
    throw new AhualError('REQUEST_INVALID', '--seconds is not within 0 to 60.', 'Write a number of seconds.');
  const signIn = signInNamed(options.credential);
  const named = options.at.map((address) => ({
    ip: new URL(address).hostname,
    urn: '',
    address,
    name: '',
    model: '',
    why: '',
  }));
  const isSearch = options.at.length === 0 || options.subnet.length > 0;
  const search = { seconds, subnets: options.subnet, multicast: options.multicast, mayName: options.mayName };
  const found = isSearch ? await searchNetwork(clock, search, new AbortController().signal) : [];
  await using asker = askerOf(settings);
  const wish = { signIn, mayName: options.mayName, askStills: options.stills };
  const devices = await askDevices(asker, [...found, ...named], wish);
  const table = discoveredTable(devices, options.credential);
  if (options.csv === '-') process.stdout.write(table);
  else if (options.json) print(JSON.stringify(devices, null, 1));
  else discoveredWords(devices).forEach(print);
  if (options.csv !== undefined && options.csv !== '-') {
    writeFileSync(options.csv, table);
    if (!options.json)
      print(`written to ${options.csv}: fill in lat and lon, then ahual cameras import ${options.csv} --dry-run`);
  }
}

/** Adds `discover` to `ahual cameras`. */
export function addCameraDiscover(group: Command): void {
  group
    .command('discover')
    .description('search the network for cameras (ONVIF WS-Discovery) and ask them for their streams')
    .option('--subnet <network...>', 'ask every address of these networks too, like 10.1.2.0/24', [])
    .option('--no-multicast', 'do not ask by multicast')
    .option('--at <address...>', 'ask these ONVIF addresses, without a search', [])
    .option('--seconds <n>', 'wait so long for answers', '5')
    .option('--credential <name>', 'the named sign-in (AHUAL_CAMERA_<NAME>); without it nothing is signed in to')
    .option('--may-name <host...>', 'hosts besides its own that an answer may name, like its recorder', [])
    .option('--no-stills', 'do not judge still pictures')
    .option('--csv <file>', 'write a table for `import` there; - is standard output')
    .option('--json', 'everything as JSON', false)
    .action((options: DiscoverOptions) => runDiscover(options, systemClock));
}
