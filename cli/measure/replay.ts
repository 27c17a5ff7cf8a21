// What today's product would have said of recorded material: file by file through the real eye, readings and rules, under the material's own clock.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Camera } from '#core/camera';
import { hazardNames, type HazardName } from '#core/hazard-name';
import { lookIdOf } from '#core/ids';
import { silentLog } from '#core/log';
import { epochMs } from '#core/units';
import { hazards, type Circumstances } from '#hazards';
import { startEye } from '#ingest';
import type { City, Settings } from '#config';
import { bar, type Measurement } from './frame.ts';
import { quantile, rounded } from './statistics.ts';

export interface ReplayOptions {
  readonly files: readonly string[];
  /** Seconds of the material between two looks. */
  readonly everyS: number;
  /** No more of each file than this, seconds. */
  readonly mostS: number;
  /** Divides the rules' windows, so that seconds of material can stand for minutes; 1 leaves them as they are. */
  readonly pace: number;
  readonly settings: Settings;
  readonly city: City;
  readonly say: (text: string) => void;
}

/** The whole picture as one zone of each sort: what a recording without a drawn zone can be asked. */
export const wholePicture = [
  {
    id: 'A',
    kind: 'carriageway',
    hazards: ['snow', 'flooding', 'open-manhole'],
    streetClass: 'A',
    polygon: [
      [0, 0.3],
      [1, 0.3],
      [1, 1],
      [0, 1],
    ],
  },
  {
    id: 'W',
    kind: 'no-dumping',
    hazards: ['dumping'],
    streetClass: 'none',
    polygon: [
      [0, 0.3],
      [1, 0.3],
      [1, 1],
      [0, 1],
    ],
  },
];

interface Heard {
  looks: number;
  hazard: number;
  clear: number;
  cannotSee: number;
  readonly levels: number[];
  raisedAtS: number | null;
}

const startMs = Date.UTC(2026, 0, 15, 6);

/** Replays files and gives, for each, what was seen and what was raised. Equal input gives an equal `eventHash`. */
export async function measureReplay(options: ReplayOptions): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'ahual-replay-'));
  const eye = startEye({
    inFlight: 1,
    ways: options.settings.ingest.ways,
    dropFolder: folder,
    files: true,
    hazards: options.settings.hazards,
    log: silentLog,
  });
  const out: Record<string, unknown> = {};
  const events: string[] = [];
  const notes: string[] = [];
  let looks = 0;
  let spanS = 0;
  try {
    await eye.ready();
    for (const file of options.files) {
      const name = basename(file);
      const camera = Camera.parse({
        id: name.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60),
        name: { kk: name, ru: name, en: name },
        point: { lon: 71.44, lat: 51.14 },
        district: 'esil',
        restricted: false,
        zones: wholePicture,
      });
      const none = (): Heard => ({ looks: 0, hazard: 0, clear: 0, cannotSee: 0, levels: [], raisedAtS: null });
      const heard: Readonly<Record<HazardName, Heard>> = {
        snow: none(),
        flooding: none(),
        'open-manhole': none(),
        dumping: none(),
      };
      const beliefs = new Map<string, unknown>();
      let unseen = '';
      for (let atS = 0; atS < options.mostS; atS += options.everyS) {
        const atMs = startMs + atS * 1000;
        const answer = await eye.look({
          lookId: lookIdOf(camera.id, atMs),
          camera,
          signIn: null,
          timeoutMs: 20_000,
          still: 'never',
          lastDigest: null,
          file: { address: pathToFileURL(resolve(file)).href, atS },
        });
        if (answer.outcome.kind === 'unseen' && answer.outcome.state === 'not-found') break;
        looks += 1;
        spanS += options.everyS;
        if (answer.outcome.kind === 'unseen') unseen = `${answer.outcome.state}: ${answer.outcome.detail}`;
        for (const observation of answer.observations) {
          const dated = { ...observation, seenAtMs: atMs };
          const zone = camera.zones.find((one) => one.id === dated.zoneId);
          if (!zone) continue;
          const one = heard[dated.hazard];
          one.looks += 1;
          if (dated.word === 'hazard') one.hazard += 1;
          else if (dated.word === 'clear') one.clear += 1;
          else one.cannotSee += 1;
          one.levels.push(dated.level);
          const circumstances: Circumstances = {
            nowMs: atMs,
            camera,
            zone,
            city: { zone: options.settings.city.zone, pace: options.pace, holidays: options.city.holidays },
            policies: options.city.policies,
            weather: undefined,
            // Snow needs the end of a snowfall: one that ended a week before the material leaves only the picture to decide.
            snowfall: {
              district: camera.district,
              startedAtMs: startMs - 8 * 86_400_000,
              endedAtMs: startMs - 7 * 86_400_000,
              source: 'replay',
            },
            settings: options.settings.hazards,
          };
          const key = `${dated.zoneId}/${dated.hazard}`;
          const { belief, finding } = hazards[dated.hazard].step(beliefs.get(key), dated, circumstances);
          beliefs.set(key, belief);
          if (finding.kind === 'raise' && one.raisedAtS === null) {
            one.raisedAtS = atS;
            events.push(`${name} ${dated.hazard} ${finding.sub} ${epochMs(atMs)}`);
          }
        }
      }
      if (unseen !== '') notes.push(`${name}: ${unseen}`);
      out[name] = Object.fromEntries(
        hazardNames.map((hazard) => {
          const { levels, ...rest } = heard[hazard];
          return [
            hazard,
            { ...rest, levelP50: rounded(quantile(levels, 0.5), 2), levelMax: rounded(quantile(levels, 1), 2) },
          ];
        }),
      );
      const raised = hazardNames.filter((hazard) => heard[hazard].raisedAtS !== null);
      options.say(`${name}: ${raised.length === 0 ? 'nothing raised' : `raised ${raised.join(', ')}`}`);
    }
  } finally {
    await eye[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    command: 'replay',
    args: { files: options.files.length, everyS: options.everyS, pace: options.pace },
    result: {
      looks,
      hours: rounded(spanS / 3600, 3),
      clips: out,
      raised: events.length,
      eventHash: `sha256:${createHash('sha256').update(events.join('\n')).digest('hex')}`,
    },
    bars: [bar('replay.files', '==', options.files.length, Object.keys(out).length)],
    notes,
  };
}
