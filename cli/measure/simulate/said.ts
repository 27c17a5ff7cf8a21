// What looks said of every zone over the days, kept small: moments, levels and words for the drawings of the report.
import type { HazardName } from '#core/hazard-name';
import type { Observation } from '#core/observation';

const words = ['clear', 'hazard', 'cannot-see'] as const;

/** One look's word about one hazard in one zone. */
export interface SaidAt {
  readonly atMs: number;
  readonly level: number;
  readonly word: (typeof words)[number];
}

export interface Said {
  add(observation: Observation): void;
  of(cameraId: string, zoneId: string, hazard: HazardName, fromMs: number, toMs: number): SaidAt[];
}

/** Three numbers a look in place of an object: a thousand camera-days are over a million of them. */
export function openSaid(): Said {
  const kept = new Map<string, number[]>();
  const keyOf = (cameraId: string, zoneId: string, hazard: string): string => `${cameraId}/${zoneId}/${hazard}`;
  return {
    add({ cameraId, zoneId, hazard, seenAtMs, level, word }) {
      const key = keyOf(cameraId, zoneId, hazard);
      const list = kept.get(key);
      if (list) list.push(seenAtMs, level, words.indexOf(word));
      else kept.set(key, [seenAtMs, level, words.indexOf(word)]);
    },
    of(cameraId, zoneId, hazard, fromMs, toMs) {
      const list = kept.get(keyOf(cameraId, zoneId, hazard)) ?? [];
      const out: SaidAt[] = [];
      for (let i = 0; i + 2 < list.length; i += 3) {
        const [atMs = 0, level = 0, word = 0] = list.slice(i, i + 3);
        if (atMs >= fromMs && atMs <= toMs) out.push({ atMs, level, word: words[word] ?? 'cannot-see' });
      }
      return out;
    },
  };
}
