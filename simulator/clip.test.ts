import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClipShelf } from './clip.ts';
import { cardFolder } from './testing/card-city.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clips-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
const label = async (change: object): Promise<void> => {
  const card: unknown = JSON.parse(await readFile(join(cardFolder, 'testcard.json'), 'utf8'));
  await writeFile(join(folder, 'x.json'), JSON.stringify({ ...(typeof card === 'object' ? card : {}), ...change }));
};
const film = (): Promise<void> => copyFile(join(cardFolder, 'testcard.mp4'), join(folder, 'x.mp4'));
const read = (): Promise<unknown> => new ClipShelf([folder]).get('x');

describe('the shelf', () => {
  it('reads a clip once for all who ask', async () => {
    const shelf = new ClipShelf([cardFolder]);
    const [a, b] = await Promise.all([shelf.get('testcard'), shelf.get('testcard')]);
    expect(a).toBe(b);
    expect(a.main.units).toHaveLength(128);
    expect(a.sub).toBe(a.main);
    expect([...a.main.startsMs.slice(0, 3)]).toEqual([0, 125, 250]);
    expect(a.main.startsMs.at(-1)).toBe(16_000);
    expect(a.truthAt[39]).toEqual([]);
    expect(a.truthAt[40]).toEqual([{ hazard: 'flooding', sub: 'flooding.testcard' }]);
    expect(await shelf.names()).toEqual(['testcard', 'testcard-small']);
  });

  it('plays a clip without phases as one loop, and one rendition beside another', async () => {
    await film();
    await label({ phases: [], truth: [] });
    await copyFile(join(cardFolder, 'testcard-small.mp4'), join(folder, 'x.sub.mp4'));
    const clip = await new ClipShelf([folder]).get('x');
    expect([...clip.phases.keys()]).toEqual(['before']);
    expect([clip.main.width, clip.sub.width]).toEqual([640, 352]);
  });

  it('knows no clip outside its folders', async () => {
    await expect(new ClipShelf([folder]).get('../../etc/passwd')).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
    await expect(new ClipShelf([folder]).get('none')).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
  });

  it.each([
    [
      'a phase that begins between key pictures',
      { phases: [{ name: 'before', fromS: 0.5, toS: 4 }] },
      'no key picture',
    ],
    ['a phase without pictures', { phases: [{ name: 'before', fromS: 4, toS: 4 }] }, 'no pictures'],
    ['an unknown hazard', { truth: [{ hazard: 'dragon', fromS: 0, toS: 1 }] }, 'hazard'],
    ['no rate', { fps: 0 }, 'fps'],
  ])('refuses %s and names the file', async (_what, change, why) => {
    await film();
    await label(change);
    const error: unknown = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(error)).toContain('x.json');
    expect(String(error)).toContain(why);
  });

  it('refuses a film that is none, or is cut short', async () => {
    await label({});
    await writeFile(join(folder, 'x.mp4'), 'this is no film');
    await expect(read()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const bytes = await readFile(join(cardFolder, 'testcard.mp4'));
    await writeFile(join(folder, 'x.mp4'), bytes.subarray(0, bytes.length / 2));
    await expect(read()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
