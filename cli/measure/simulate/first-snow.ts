// The first snow over a whole city: one snowfall ends everywhere, deadlines pass, and people must still see the twelve real manholes.
import { life } from '#simulator';
import { bar } from '../frame.ts';
import { rounded } from '../statistics.ts';
import { liveDays } from './days.ts';
import { modelEyes } from './eyes.ts';
import { shiftBy } from './sabotage.ts';
import { counted, figuresOf, mostWithin, scoresOf } from './score.ts';
import { fromMs, livingBy, snowDeadlines, type SimulateOptions, type Simulated } from './simulate.ts';
import { cardMoments } from './telling.ts';

const hourMs = 3_600_000;
/** It snows from before midnight until three; the last deadline of a street is nine o'clock. Yards have until the next day. */
const snowing = { fromMs: fromMs - 5 * hourMs, toMs: fromMs + 3 * hourMs };
const sinceMs = fromMs + hourMs;
const untilMs = fromMs + 13 * hourMs;
/** What is really there beside the snow, in a city of twelve thousand cameras. */
const planted = { 'open-manhole': 12, flooding: 4, dumping: 4 } as const;
/** Share of zones that stay uncleared after their deadline. */
const lateShare = 0.06;
/** A calm camera is looked at this often here, seconds: at the ordinary rhythm twelve thousand would make over three million looks. */
const calmEveryS = 1800;
const beatEveryS = 1800;
const tickS = 60;
/** The bar for people: alarms that a burst of twelve thousand candidates may become (domain 5). */
const mostCards = 40;

/** Lives the day of the first snow and measures what reached people. */
export async function measureFirstSnow(
  options: Omit<SimulateOptions, 'cameraDays' | 'hazards' | 'season'>,
): Promise<Simulated> {
  const { seed, city, settings, sabotage } = options;
  const cameras = life.townOf({ seed, cameras: options.cameras });
  const sky = life.skyOf({
    seed,
    season: 'winter',
    fromMs,
    days: 1,
    spells: [{ kind: 'snow', ...snowing, rate: 1.2 }],
  });
  const snowDeadlineMs = snowDeadlines(city, settings);
  const lives = life.lifeOf({
    seed,
    cameras,
    sky,
    fromMs,
    days: 1,
    toMs: untilMs,
    hazards: planted,
    lateShare,
    snowDeadlineMs,
  });
  const errors = life.readErrors(options.errors);
  const eyes = modelEyes({ seed, errors, sky, life: lives }, shiftBy(sabotage));
  const late = lives.planted.filter(({ hazard }) => hazard === 'snow').length;
  options.say(`${cameras.length} cameras, ${late} zones will be late, ${lives.planted.length - late} other hazards`);
  const living = livingBy(options);
  const lived = await liveDays({
    ...living,
    plan: { ...living.plan, lookEveryS: calmEveryS, coverEveryS: calmEveryS },
    beatEveryS,
    tickS,
    seed,
    cameras,
    life: lives,
    sky,
    eyes,
    fromMs: sinceMs,
    toMs: untilMs,
    city,
    sabotage,
    keepSaid: options.keepSaid,
    say: options.say,
  });
  const cameraDays = (cameras.length * (untilMs - sinceMs)) / 86_400_000;
  const quietMin = settings.incidents.quietAfterRejectMin;
  const scoring = { lived, life: lives, sky, cameras, cameraDays, quietMin };
  const scores = scoresOf(scoring);
  const { result } = figuresOf(scoring, scores);
  const cards = cardMoments(lived.told, lived.massCards);
  const single = lived.told.filter(({ way }) => way !== 'member');
  const manholes = lives.planted.filter(({ hazard }) => hazard === 'open-manhole');
  const shown = manholes.filter(({ id }) => single.some((one) => one.planted?.id === id));
  const lateShown = lived.told.filter((one) => one.incident.hazard === 'snow' && one.planted !== null);
  const isWhole = cameras.length >= 12_000;
  const bars = [
    bar('simulate.firstSnow.cards', '<=', mostCards, cards.length, cameras.length),
    bar(
      'simulate.firstSnow.manholes',
      '>=',
      1,
      rounded(shown.length / Math.max(1, manholes.length), 3),
      manholes.length,
    ),
    bar('simulate.firstSnow.per10Min', '<=', mostCards, mostWithin(cards, 600_000), cards.length),
  ];
  return {
    lived,
    scores,
    life: lives,
    sky,
    eyes,
    cameras,
    fromMs: sinceMs,
    toMs: untilMs,
    measurement: {
      command: 'simulate',
      args: { firstSnow: true, cameras: cameras.length, days: 1, season: 'winter', seed, sabotage, calmEveryS },
      result: {
        firstSnow: {
          cards: cards.length,
          single: counted(single.map(({ incident }) => incident.hazard)),
          singleFalse: counted(
            single.filter(({ planted: real }) => real === null).map(({ incident }) => incident.hazard),
          ),
          massIncidents: new Set(lived.massCards.map(({ massId }) => massId)).size,
          massAsked: lived.massCards.length,
          members: lived.told.length - single.length,
          maxPer10Min: mostWithin(cards, 600_000),
          manholes: { planted: manholes.length, shownSingly: shown.length },
          snow: { late, told: new Set(lateShown.map((one) => one.planted?.id)).size },
        },
        ...result,
        errors: eyes.source,
      },
      bars: isWhole ? bars : bars.map((one) => ({ ...one, pass: null })),
      notes: [
        `calm cameras and registered covers are looked at every ${calmEveryS / 60} min in place of every ${living.plan.lookEveryS / 60} and ${living.plan.coverEveryS / 60}, suspected ones as the plan says; looks go through the ordinary door of the store, those of a moment in one transaction`,
        ...(isWhole ? [] : ['fewer than 12,000 cameras: no bar is decided']),
      ],
    },
  };
}
