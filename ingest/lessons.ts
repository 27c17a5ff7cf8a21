// Which looks are kept to learn from: those that call a hazard, by whatever correction, and a few calm ones a day.
import type { Clock } from '#core/clock';
import type { adapt, looks } from '#store';
import type { LookAnswer } from './eye/protocol.ts';

/** A hazard that lasts is sampled so often; persistence needs minutes, so that a raised one has several samples. */
const calledEveryMs = 300_000;
/** Calm looks: about three a day, at hours that move on. */
const calmEveryMs = 8 * 3_600_000;

export interface LessonBook {
  /** What of an answer is kept. `stillSha256` is the kept still of the look, if there is one. */
  choose(
    cameraId: string,
    answer: Pick<LookAnswer, 'lessons' | 'observations' | 'seenAtMs'>,
    stillSha256: string | null,
  ): looks.Learning;
}

/** An empty book; losing it costs a calm sample. `pace` divides the windows as it does those of the rules. */
export function openLessons(clock: Clock, pace: number, random: () => number = Math.random): LessonBook {
  const next = new Map<string, { calledMs: number; calmMs: number }>();
  const isDue = (key: string, isCalled: boolean): boolean => {
    const nowMs = clock.nowMs();
    const known = next.get(key) ?? { calledMs: 0, calmMs: nowMs + (random() * calmEveryMs) / pace };
    next.set(key, known);
    if (isCalled) {
      if (nowMs < known.calledMs) return false;
      known.calledMs = nowMs + calledEveryMs / pace;
      return true;
    }
    if (nowMs < known.calmMs) return false;
    known.calmMs = nowMs + ((0.5 + random()) * calmEveryMs) / pace;
    return true;
  };
  return {
    choose(cameraId, answer, stillSha256) {
      const samples: adapt.Sampled[] = [];
      const shadows: adapt.ShadowLook[] = [];
      for (const lesson of answer.lessons ?? []) {
        const { shadow, word, said, zoneId, hazard } = lesson;
        const at = { cameraId, seenAtMs: answer.seenAtMs };
        if (shadow !== null) shadows.push({ ...at, modelId: shadow.id, said, shadow: shadow.word });
        const isCalled = [word, said, shadow?.word].includes('hazard');
        if (!isDue(`${cameraId}/${zoneId}/${hazard}`, isCalled)) continue;
        const observation = answer.observations.find((one) => one.zoneId === zoneId && one.hazard === hazard);
        samples.push({ ...lesson, ...at, facts: observation?.support.facts ?? {}, stillSha256 });
      }
      return { samples, shadows };
    },
  };
}
