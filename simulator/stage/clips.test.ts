// The shipped clips: labels fit their written form, sizes and hashes are those of the catalogue, every hazard is shown and calm scenes abound.
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { clipCatalogueSchema, clipLabelSchema, type ClipLabelFile } from './clip-label.ts';

const folder = path.join(import.meta.dirname, '../clips');
const catalogue = clipCatalogueSchema.parse(JSON.parse(await readFile(path.join(folder, 'catalogue.json'), 'utf8')));

async function label(id: string): Promise<ClipLabelFile> {
  return clipLabelSchema.parse(JSON.parse(await readFile(path.join(folder, `${id}.json`), 'utf8')));
}

describe('shipped clips', () => {
  it('are all listed, and nothing else lies in the folder', async () => {
    const files = (await readdir(folder)).filter((f) => f.endsWith('.mp4')).sort();
    expect(files).toEqual(catalogue.clips.map((c) => `${c.id}.mp4`).sort());
  });

  it('show every hazard at least twice and calm scenes more often than any hazard', () => {
    for (const hazard of ['dumping', 'snow', 'flooding', 'open-manhole']) {
      expect(catalogue.clips.filter((c) => c.hazard === hazard).length).toBeGreaterThanOrEqual(2);
    }
    expect(catalogue.clips.filter((c) => c.hazard === null).length).toBeGreaterThanOrEqual(10);
  });

  it('stay within 40 MB together and 3 MB each', () => {
    expect(catalogue.clips.reduce((sum, c) => sum + c.bytes, 0)).toBeLessThanOrEqual(40e6);
    for (const c of catalogue.clips) expect(c.bytes, c.id).toBeLessThanOrEqual(3e6);
  });

  it.each(catalogue.clips)('$id: bytes, hash, phases, truth and labels agree', async (row) => {
    const video = await readFile(path.join(folder, `${row.id}.mp4`));
    expect(video.length).toBe(row.bytes);
    expect(createHash('sha256').update(video).digest('hex')).toBe(row.sha256);
    const l = await label(row.id);
    expect(l.durationS).toBe(row.durationS);
    expect(l.frames).toBe(l.durationS * l.fps);
    let at = 0;
    for (const phase of l.phases) {
      expect(phase.fromS).toBe(at);
      at = phase.toS;
    }
    expect(at).toBe(l.durationS);
    expect(l.hazard === null ? l.truth : l.truth.map((t) => t.hazard)).toEqual(l.hazard === null ? [] : [l.hazard]);
    const during = l.phases.find((p) => p.name === 'during');
    for (const t of l.truth) expect(during && t.fromS < during.fromS && t.toS >= during.toS).toBe(true);
    const known = new Set(l.zones.map((z) => z.id));
    for (const f of l.frameLabels) for (const id of Object.keys(f.shares)) expect(known.has(id), id).toBe(true);
    expect(l.frameLabels.length).toBeGreaterThanOrEqual(Math.floor(l.frames / 4));
  });

  it('show what they claim: the labels of `during` differ from those of `before` in the hazard’s own way', async () => {
    for (const row of catalogue.clips) {
      if (row.hazard === null) continue;
      const l = await label(row.id);
      const frames = (name: string): ClipLabelFile['frameLabels'] => {
        const p = l.phases.find((q) => q.name === name);
        return l.frameLabels.filter((f) => p !== undefined && f.t >= p.fromS && f.t < p.toS);
      };
      const sees = (name: string, classes: readonly string[]): number =>
        frames(name).filter((f) => f.objects.some((o) => classes.includes(o.class))).length;
      const most = (name: string, kind: 'water' | 'snow'): number =>
        Math.max(0, ...frames(name).flatMap((f) => Object.values(f.shares).map((s) => s[kind])));
      if (row.hazard === 'dumping') {
        expect(sees('before', ['heap', 'sacks']), row.id).toBe(0);
        expect(sees('during', ['heap', 'sacks']), row.id).toBe(frames('during').length);
      } else if (row.hazard === 'open-manhole') {
        expect(sees('before', ['manhole_open']), row.id).toBe(0);
        expect(sees('during', ['manhole_open']), row.id).toBe(frames('during').length);
      } else if (row.hazard === 'flooding') {
        expect(most('during', 'water'), row.id).toBeGreaterThan(most('before', 'water') + 0.3);
      } else {
        expect(most('during', 'snow'), row.id).toBeGreaterThan(0.02);
      }
    }
  });
});
