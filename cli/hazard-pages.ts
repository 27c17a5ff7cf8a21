// Drawings of how each hazard is judged, made from the settings that judge it, so that they cannot drift from the code (docs/hazards.md).
import type { HazardName } from '#core/hazard-name';
import { defaultHazardSettings as settings, hazards, heldTexts, type HeldRule } from '#hazards';

interface Drawing {
  /** What a look must show to say hazard, to stay in doubt, and to say clear. */
  readonly hazard: string;
  readonly doubt: string;
  readonly clear: string;
  /** What holds back what is already held to be there. */
  readonly holds: readonly HeldRule[];
  readonly raised: string;
  readonly checked: string;
}

const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;

const drawings: Readonly<Record<HazardName, Drawing>> = {
  snow: {
    hazard: `${percent(settings.snow.coveredShare)} of the visible ground under snow, or a bank across a crossing or stop`,
    doubt: `between ${percent(settings.snow.clearShare)} and ${percent(settings.snow.coveredShare)}`,
    clear: `below ${percent(settings.snow.clearShare)}`,
    holds: ['snowing', 'no-snowfall-end', 'within-deadline', 'being-cleared'],
    raised: 'the deadline of the street class has passed; a bank that blocks people at once',
    checked: 'the whole zone clear',
  },
  flooding: {
    hazard: `water over ${percent(settings.flooding.waterShare)} of the zone, or level ${settings.flooding.floodLevel} and more`,
    doubt: `level from ${settings.flooding.clearLevel} to ${settings.flooding.floodLevel}`,
    clear: `level below ${settings.flooding.clearLevel} and water below ${percent(settings.flooding.clearShare)}`,
    holds: ['below-raise', 'contradicted', 'quiet', 'cool-down'],
    raised: 'at once; many in one rain become one mass incident, underpasses never',
    checked: 'water gone and half an hour without rain',
  },
  'open-manhole': {
    hazard: `a registered cover open by ${percent(settings['open-manhole'].spotOpen)}, or the box of a hole`,
    doubt: `a cover between ${percent(settings['open-manhole'].spotClear)} and ${percent(settings['open-manhole'].spotOpen)}`,
    clear: `open by less than ${percent(settings['open-manhole'].spotClear)} and closed more likely than not`,
    holds: ['vehicle-over', 'works', 'below-raise', 'quiet'],
    raised: 'at once and always singly; a fence without its crew one step lower',
    checked: 'a person sees the cover in place; a fence is only made safe',
  },
  dumping: {
    hazard: `a vehicle stood ${settings.dumping.stoppedS}\u00a0s and left something, or a heap whose making nobody saw`,
    doubt: `something between ${settings.dumping.heapClear} and ${settings.dumping.heapScore} lies there`,
    clear: 'no heap, and the place looks as when it was clean',
    holds: ['same-act', 'below-raise', 'quiet'],
    raised: 'an act when the vehicle has left; a heap by its looks',
    checked: 'the heap is gone; an act stays an act',
  },
};

const width = 920;
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Breaks a text into lines of at most `most` characters. */
function lines(text: string, most: number): string[] {
  const out: string[] = [];
  for (const word of text.split(' ')) {
    const last = out.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= most) out[out.length - 1] = `${last} ${word}`;
    else out.push(word);
  }
  return out;
}

function text(x: number, y: number, words: readonly string[], size = 12, colour = '#24323d', weight = 400): string {
  const spans = words.map((line, i) => `<tspan x="${x}" dy="${i === 0 ? 0 : size * 1.35}">${escape(line)}</tspan>`);
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" font-weight="${weight}">${spans.join('')}</text>`;
}

const box = (x: number, y: number, w: number, h: number, fill: string, stroke: string): string =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="10" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;

const arrow = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#51626f" stroke-width="1.5" marker-end="url(#to)"/>`;

const span = (seconds: number): string =>
  seconds >= 120 ? `${Math.round(seconds / 60)}\u00a0min` : `${seconds}\u00a0s`;

/** The drawing of one hazard's states as SVG: from a look to an incident that is closed. */
export function hazardDrawing(name: HazardName): string {
  const d = drawings[name];
  const { open, close } = hazards[name].persistenceOf(settings);
  const [w, h, top] = [200, 130, 84];
  const at = (n: number): number => 20 + n * (w + 27);
  const state = (n: number, title: string, words: string, fill: string, stroke: string): string =>
    box(at(n), top, w, h, fill, stroke) +
    text(at(n) + 12, top + 24, [title], 15, stroke, 700) +
    text(at(n) + 12, top + 46, lines(words, 27));
  const held = d.holds.map((rule) => heldTexts[rule].en);
  const below = top + h + 46;
  const parts = [
    text(20, 28, [`${hazards[name].texts.name.en}: how it is judged`], 20, '#16222b', 700),
    state(0, 'Clear', `A look says clear: ${d.clear}. In doubt: ${d.doubt}.`, '#e8f3ec', '#2b7a4b'),
    state(1, 'Suspected', `A look says hazard: ${d.hazard}. The camera looks again soon.`, '#fdf5de', '#8a6100'),
    state(
      2,
      'Held to be there',
      `${open.looks} of ${open.of} looks in at least ${span(open.overS)} say so; looks that cannot see count neither way.`,
      '#fdeadf',
      '#a8480f',
    ),
    state(3, 'Before you', `Raised: ${d.raised}.`, '#fbe3e3', '#a3262c'),
    ...[0, 1, 2].map((n) => arrow(at(n) + w + 2, top + h / 2, at(n + 1) - 4, top + h / 2)),
    // Back to clear.
    `<path d="M ${at(2) + w / 2} ${top - 2} C ${at(2) + w / 2} ${top - 28}, ${at(0) + w / 2} ${top - 28}, ${at(0) + w / 2} ${top - 5}" fill="none" stroke="#51626f" stroke-width="1.2" stroke-dasharray="5 4" marker-end="url(#to)"/>`,
    text(at(1) + 30, top - 26, [`${close.looks} clear looks in ${span(close.overS)}`], 11, '#51626f'),
    // What holds it back.
    box(at(1), below, 2 * w + 27, 38 + held.length * 18, '#f3f5f7', '#7b8b97'),
    text(at(1) + 12, below + 21, ['Kept from you, counted and listed, while'], 12, '#51626f', 700),
    ...held.map((words, i) => text(at(1) + 12, below + 41 + i * 18, [`• ${words}`], 12)),
    arrow(at(2) + w / 2, top + h + 2, at(2) + w / 2, below - 4),
    // After the verdict.
    box(at(3), below, w, 38 + 4 * 18, '#e6eef6', '#28587f'),
    text(at(3) + 12, below + 21, ['Confirmed, task, check'], 13, '#28587f', 700),
    text(at(3) + 12, below + 43, lines(`Closed when: ${d.checked}.`, 27)),
    arrow(at(3) + w / 2, top + h + 2, at(3) + w / 2, below - 4),
  ];
  const height = below + Math.max(38 + held.length * 18, 110) + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img" aria-label="${escape(hazards[name].texts.name.en)}: states">`,
    '<defs><marker id="to" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M 0 0 L 10 5 L 0 10 z" fill="#51626f"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
