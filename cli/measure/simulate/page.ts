// The report of simulated days: bars, and for each false alarm and each missed hazard a drawing of what the looks said around it.
import type { Camera, Zone } from '#core/camera';
import type { HazardName } from '#core/hazard-name';
import { epochMs, isoOf } from '#core/units';
import { hazards, type HazardSettings } from '#hazards';
import { life } from '#simulator';
import type { Simulated } from './simulate.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** So many of each kind are drawn; the rest is counted. */
const mostDrawn = 60;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

interface Drawn {
  readonly title: string;
  readonly facts: string;
  readonly hazard: HazardName;
  readonly camera: Camera;
  readonly zone: Zone;
  readonly atMs: number;
  readonly truth: readonly { readonly fromMs: number; readonly toMs: number }[];
}

const width = 720;
const height = 130;
const colours = { hazard: '#ff6b5e', clear: '#4fb286', 'cannot-see': '#8b93a7' } as const;

/** Levels of a zone around a moment as points coloured by their word, over the truth, the weather and the night. */
function drawing(drawn: Drawn, seeing: life.Seeing, settings: HazardSettings): string {
  const fromMs = drawn.atMs - 4 * hourMs;
  const toMs = drawn.atMs + 2 * hourMs;
  const x = (atMs: number): string => (((atMs - fromMs) / (toMs - fromMs)) * width).toFixed(1);
  const y = (level: number): string => (8 + (1 - level) * (height - 28)).toFixed(1);
  const shade = (from: number, to: number, fill: string): string => {
    const [a, b] = [Math.max(from, fromMs), Math.min(to, toMs)];
    return b <= a
      ? ''
      : `<rect x="${x(a)}" y="0" width="${(((b - a) / (toMs - fromMs)) * width).toFixed(1)}" height="${height - 20}" fill="${fill}"/>`;
  };
  const parts: string[] = [];
  for (let at = fromMs; at < toMs; at += 15 * minuteMs) {
    if (!seeing.sky.at(at).isDay) parts.push(shade(at, at + 15 * minuteMs, '#0d1017'));
  }
  for (const spell of seeing.sky.spells)
    parts.push(shade(spell.fromMs, spell.toMs, spell.kind === 'rain' ? '#173049' : '#2b3340'));
  for (const { fromMs: a, toMs: b } of drawn.truth) parts.push(shade(a, b, 'rgba(255,196,84,.22)'));
  for (let at = fromMs; at <= toMs; at += 5 * minuteMs) {
    const reading = hazards[drawn.hazard].read(life.sightAt(seeing, drawn.camera, at), drawn.zone, settings);
    parts.push(`<circle cx="${x(at)}" cy="${y(reading.level)}" r="3" fill="${colours[reading.word]}"/>`);
  }
  parts.push(
    `<line x1="${x(drawn.atMs)}" x2="${x(drawn.atMs)}" y1="0" y2="${height - 20}" stroke="#e8ecf4" stroke-dasharray="3 3"/>`,
  );
  for (let at = Math.ceil(fromMs / hourMs) * hourMs; at <= toMs; at += hourMs) {
    parts.push(
      `<text x="${x(at)}" y="${height - 5}" fill="#8b93a7" font-size="11" text-anchor="middle">${isoOf(epochMs(at + 5 * hourMs)).slice(11, 16)}</text>`,
    );
  }
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(drawn.title)}"><rect width="${width}" height="${height - 20}" fill="#1a2030"/>${parts.join('')}</svg>`;
}

const style = `body{background:#10141d;color:#e8ecf4;font:15px/1.5 "Noto Sans",sans-serif;margin:2rem auto;max-width:1500px;padding:0 1rem}
h1,h2{font-weight:600}table{border-collapse:collapse}td,th{padding:.3rem .9rem;text-align:left;border-bottom:1px solid #2a3245}
.met{color:#4fb286}.miss{color:#ff6b5e}.open{color:#8b93a7}.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(640px,1fr));gap:1rem}
figure{margin:0;background:#161c29;padding:.8rem;border-radius:6px}figcaption{font-size:13px;color:#b6bfd2}figcaption b{color:#e8ecf4}svg{width:100%;height:auto;display:block}
.key span{margin-right:1.4rem}.key i{display:inline-block;width:.8em;height:.8em;border-radius:50%;margin-right:.4em}`;

/** One self-contained page. */
export function simulatePage(simulated: Simulated, settings: HazardSettings): string {
  const { measurement, seeing, cameras, missed, falseAlarms } = simulated;
  const placeOf = (cameraId: string | null, zoneId: string | null): { camera: Camera; zone: Zone } | undefined => {
    const camera = cameras.find((one) => one.id === cameraId);
    const zone = camera?.zones.find((one) => one.id === zoneId);
    return camera && zone ? { camera, zone } : undefined;
  };
  const truthAt = (cameraId: string | null, zoneId: string | null) =>
    seeing.life.planted.filter((one) => one.cameraId === cameraId && one.zoneId === zoneId);
  const local = (atMs: number): string =>
    isoOf(epochMs(Math.round(atMs + 5 * hourMs)))
      .slice(0, 16)
      .replace('T', ' ');
  const wrong: Drawn[] = falseAlarms.flatMap(({ incident, atMs, troubles }) => {
    const place = placeOf(incident.cameraId, incident.zoneId);
    if (!place) return [];
    const facts = `${incident.why.rule}, ${incident.why.hazardLooks} of ${incident.why.looks} looks in ${Math.round(incident.why.overS / 60)} min, level ${incident.level.toFixed(2)}${troubles.length > 0 ? `; ${troubles.join(', ')}` : ''}`;
    return [
      {
        ...place,
        title: `${incident.hazard}.${incident.sub} at ${place.camera.id}, zone ${place.zone.id}, ${local(atMs)}`,
        facts,
        hazard: incident.hazard,
        atMs,
        truth: truthAt(incident.cameraId, incident.zoneId),
      },
    ];
  });
  const late: Drawn[] = missed.flatMap((planted) => {
    const place = placeOf(planted.cameraId, planted.zoneId);
    return place
      ? [
          {
            ...place,
            title: `${planted.hazard}.${planted.sub} at ${place.camera.id}, zone ${place.zone.id}, ${local(planted.fromMs)}`,
            facts: `size ${planted.size.toFixed(2)}, of use until ${local(planted.usefulMs)}`,
            hazard: planted.hazard,
            atMs: planted.fromMs,
            truth: [planted],
          },
        ]
      : [];
  });
  const figures = (list: readonly Drawn[]): string =>
    list
      .slice(0, mostDrawn)
      .map(
        (one) =>
          `<figure>${drawing(one, seeing, settings)}<figcaption><b>${escape(one.title)}</b><br>${escape(one.facts)}</figcaption></figure>`,
      )
      .join('');
  const bars = measurement.bars
    .map(
      ({ id, op, limit, value, pass }) =>
        `<tr><td>${escape(id)}</td><td>${op} ${limit}</td><td class="${pass === null ? 'open' : pass ? 'met' : 'miss'}">${value ?? 'not measured'}</td></tr>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Simulated days</title><style>${style}</style>
<h1>Simulated days</h1><p>${escape(JSON.stringify(measurement.args))}</p>
<table><tr><th>bar</th><th>limit</th><th>value</th></tr>${bars}</table>
<p class="key"><span><i style="background:${colours.hazard}"></i>look says hazard</span><span><i style="background:${colours.clear}"></i>clear</span><span><i style="background:${colours['cannot-see']}"></i>cannot see</span><span><i style="background:#ffc454"></i>really there</span><span><i style="background:#173049"></i>rain</span><span><i style="background:#2b3340"></i>snowfall</span></p>
<h2>False alarms: ${wrong.length}</h2><div class="grid">${figures(wrong)}</div>
<h2>Missed or late: ${late.length}</h2><div class="grid">${figures(late)}</div>
<pre>${escape(JSON.stringify(measurement.result, null, 2))}</pre></html>
`;
}
