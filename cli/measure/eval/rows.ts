// From judged pictures to the rows that are ranked: what is there, what score it got, what one look says of it.
import type { Detection, DetectionClass } from '#core/detection';
import type { Word } from '#core/observation';
import type { ListName } from './lists.ts';
import type { Judged } from './look.ts';
import { randomOf, type Scored } from './ranking.ts';

/** One judged thing with all that figures and the report page need. */
export interface Row extends Scored {
  /** The same thing in another evaluation has the same key: the picture's checksum, and which thing in it. */
  readonly key: string;
  readonly judged: Judged;
  /** What one look says; `cannot-see` where the picture's quality is refused. */
  readonly word: Word;
  /** The same, had nobody asked for the quality. */
  readonly anyQuality: Word;
}

/** The rows of each subject that is ranked. */
export interface Subjects {
  readonly flooding: readonly Row[];
  readonly snow: readonly Row[];
  /** Close-ups of manholes: the most open of those that are marked in the picture. */
  readonly 'open-manhole': readonly Row[];
  /** Each marked manhole for itself. */
  readonly manholes: readonly Row[];
  /** Open manholes found by the road pass, by picture. */
  readonly manholeBoxes: readonly Row[];
  readonly dumping: readonly Row[];
  readonly truck: readonly Row[];
}
export type Subject = keyof Subjects;
export const subjectNames: readonly Subject[] = [
  'flooding',
  'snow',
  'open-manhole',
  'manholes',
  'manholeBoxes',
  'dumping',
  'truck',
];

/** The highest score of these classes; 0 where there is none. */
export const best = (detections: readonly Detection[] | null, classes: readonly DetectionClass[]): number =>
  Math.max(0, ...(detections ?? []).filter((d) => classes.includes(d.class)).map((d) => d.score));

const lorries: readonly DetectionClass[] = ['lorry', 'tipper_raised'];
const worstWord = (words: readonly Word[]): Word =>
  (['hazard', 'clear'] as const).find((word) => words.includes(word)) ?? 'cannot-see';

/** Makes rows of pictures; those that show nothing to judge are left out. */
export function subjectsOf(pictures: readonly Judged[]): Subjects {
  const rowOf = (judged: Judged, part: string, positive: boolean, score: number, word: Word): Row => ({
    key: `${judged.sha256}${part}`,
    judged,
    positive,
    score,
    group: judged.item.group,
    source: judged.item.sourceRepo,
    word: judged.quality === 'good' ? word : 'cannot-see',
    anyQuality: word,
  });
  const rowsOf = (list: ListName, score: (judged: Judged) => number, word: (judged: Judged) => Word): Row[] =>
    pictures.flatMap((judged) => {
      const { item } = judged;
      if (item.list !== list || item.truth === 'cannot-see') return [];
      return [rowOf(judged, '', item.truth === 'positive', score(judged), word(judged))];
    });
  return {
    flooding: rowsOf(
      'flooding',
      ({ ground }) => ground.floodLevel,
      ({ words }) => words.flooding,
    ),
    snow: rowsOf(
      'snow',
      ({ ground }) => ground.snowLevel,
      ({ words }) => words.snow,
    ),
    'open-manhole': rowsOf(
      'manhole',
      ({ spots }) => Math.max(0, ...spots.map(({ open }) => open)),
      ({ spots }) => worstWord(spots.map(({ word }) => word)),
    ),
    manholes: pictures.flatMap((judged) =>
      judged.spots.map((spot, i) => rowOf(judged, `#${i}`, spot.positive, spot.open, spot.word)),
    ),
    manholeBoxes: rowsOf(
      'manhole',
      ({ faint }) => best(faint, ['manhole_open']),
      ({ words }) => words['open-manhole'],
    ),
    dumping: rowsOf(
      'waste',
      ({ faint }) => best(faint, ['heap', 'sacks']),
      ({ anywhere }) => anywhere,
    ),
    truck: rowsOf(
      'truck',
      ({ faint }) => best(faint, lorries),
      ({ detections }) => (best(detections, lorries) > 0 ? 'hazard' : 'clear'),
    ),
  };
}

/** The same scores under labels dealt out anew: an evaluation that still finds a difference measures something else. */
export function withShuffledLabels(subjects: Subjects, seed: number): Subjects {
  const dealt = (name: Subject): Row[] => {
    const rows = subjects[name];
    const random = randomOf(`${seed}|shuffled|${name}`);
    const labels = rows.map((row) => ({ positive: row.positive, at: random() })).sort((a, b) => a.at - b.at);
    return rows.map((row, i) => ({ ...row, positive: labels[i]?.positive ?? row.positive }));
  };
  return {
    flooding: dealt('flooding'),
    snow: dealt('snow'),
    'open-manhole': dealt('open-manhole'),
    manholes: dealt('manholes'),
    manholeBoxes: dealt('manholeBoxes'),
    dumping: dealt('dumping'),
    truck: dealt('truck'),
  };
}
