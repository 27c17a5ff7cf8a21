import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '#core/clock';
import { ClipShelf } from './clip.ts';
import { loadScenario, playScenario, Scenario } from './scenario.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scenario-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
async function load(text: string): Promise<Scenario> {
  const path = join(folder, 'x.yml');
  await writeFile(path, text);
  return loadScenario(path);
}
const head = `name: x
title: { kk: a, ru: b, en: c }
cameras:
`;

describe('a scenario file', () => {
  it('is read with its defaults', async () => {
    const scenario = await load(
      `${head}  - id: "1"\n    clip: testcard\n    events: [{ atS: 5, do: begin }, { atS: 9, do: fault, fault: { kind: reset } }]\n`,
    );
    expect(scenario.onClaim).toEqual({ do: 'end', afterS: 5 });
    expect(scenario.cameras[0]?.events[1]).toEqual({ atS: 9, do: 'fault', fault: { kind: 'reset', afterFrames: 10 } });
    expect(scenario.weather.snow).toEqual([]);
  });

  it.each([
    ['an unknown key', `${head}  - id: "1"\n    clip: a\n    colour: red\n`, ':4', 'cameras[0]'],
    [
      'an unknown act',
      `${head}  - id: "1"\n    clip: a\n    events:\n      - { atS: 1, do: explode }\n`,
      ':7',
      'cameras[0].events[0].do',
    ],
    [
      'a fault of no kind',
      `${head}  - id: "1"\n    clip: a\n    fault: { kind: tired }\n`,
      ':6',
      'cameras[0].fault.kind',
    ],
    ['a camera twice', `${head}  - { id: "1", clip: a }\n  - { id: "1", clip: a }\n`, ':5', 'cameras[1].id'],
    ['a missing clip', `${head}  - id: "1"\n`, ':4', 'cameras[0].clip'],
    ['no cameras', 'name: x\ntitle: { kk: a, ru: b, en: c }\ncameras: []\n', ':3', 'cameras'],
    [
      'a spell that ends before it begins',
      `${head}  - { id: "1", clip: a }\nweather:\n  snow: [{ fromH: 2, toH: 1, perH: 1 }]\n`,
      ':6',
      'weather.snow[0].toH',
    ],
    ['broken YAML', 'name: [', ':1', ''],
  ])('with %s is refused with its line and path', async (_what, text, line, where) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const error: unknown = await load(text).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(`x.yml${line} `);
    expect(String(error)).toContain(where);
  });

  it('that is not there is named', async () => {
    await expect(loadScenario(join(folder, 'none.yml'))).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
  });
});

describe('the player', () => {
  it('lets things happen in order of their moments, and ends', async () => {
    const scenario = Scenario.parse({
      name: 'x',
      title: { kk: 'a', ru: 'b', en: 'c' },
      cameras: [
        {
          id: 'a',
          clip: 'c',
          events: [
            { atS: 20, do: 'end' },
            { atS: 10, do: 'begin' },
          ],
        },
        {
          id: 'b',
          clip: 'c',
          events: [
            { atS: 10, do: 'stop' },
            { atS: 0, do: 'heal' },
          ],
        },
      ],
    });
    const clock = new ManualClock(0);
    const met: string[] = [];
    const done = playScenario(
      { scenario, clock, act: (id, { do: what }) => void met.push(`${clock.monotonicMs() / 1000} ${id} ${what}`) },
      new AbortController().signal,
    );
    for (let s = 0; s < 25; s++) {
      await setImmediate();
      clock.advance(1000);
    }
    await done;
    expect(met).toEqual(['0 b heal', '10 a begin', '10 b stop', '20 a end']);
  });

  it('stops waiting when it is told to', async () => {
    const scenario = Scenario.parse({
      name: 'x',
      title: { kk: 'a', ru: 'b', en: 'c' },
      cameras: [{ id: 'a', clip: 'c', events: [{ atS: 20, do: 'end' }] }],
    });
    const stop = new AbortController();
    let acts = 0;
    const done = playScenario(
      {
        scenario,
        clock: new ManualClock(0),
        act: () => {
          acts++;
        },
      },
      stop.signal,
    );
    stop.abort();
    await done;
    expect(acts).toBe(0);
  });
});

describe('the shipped scenarios', async () => {
  const files = await readdir(here('./scenarios'));
  const shelf = new ClipShelf([here('./clips'), here('./testcard')]);

  it('are the agreed ones', () => {
    expect(files.sort()).toEqual([
      'burst-main.yml',
      'calm-day.yml',
      'demo.yml',
      'first-snow.yml',
      'half-the-cameras-die.yml',
      'night-dumping.yml',
    ]);
  });

  it.each(files)('%s names only clips that ship, and lets hazards begin only where the clip has one', async (file) => {
    const scenario = await loadScenario(here(`./scenarios/${file}`));
    expect(`${scenario.name}.yml`).toBe(file);
    const names = new Set(await shelf.names());
    for (const camera of scenario.cameras) {
      expect(names, `${file}: camera ${camera.id}`).toContain(camera.clip);
      if (!camera.events.some((event) => event.do === 'begin')) continue;
      const clip = await shelf.get(camera.clip);
      expect(
        clip.phases.has('begin') || clip.phases.has('during'),
        `${file}: camera ${camera.id} plays ${clip.id}`,
      ).toBe(true);
    }
  });
});
