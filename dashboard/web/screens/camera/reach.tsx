// What a camera can judge (screens 4.4): a ladder of metres over its picture, what lies too far away shaded, and zone by zone in words.
import { useId } from 'react';
import { hazardNames, type HazardName } from '#core/hazard-name';
import type { CameraReach, CameraView } from '../../../contract.ts';
import { shortName } from '../../hazard-words.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';

type Calibrated = Extract<CameraReach, { kind: 'calibrated' }>;
type ZoneReach = Calibrated['zones'][number];

/** From here on a zone counts as seen whole; below a half nothing there is ever said to be clear. */
const whole = 0.98;
const half = 0.5;

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The size in which the camera's picture is drawn; the ladder is in fractions and needs only its shape. */
export const sizeOf = ({ health }: CameraView): Size => ({
  widthPx: health?.widthPx ?? 1280,
  heightPx: health?.heightPx ?? 720,
});

/** Where the shade of a hazard ends: at the furthest row that is judged for it in some zone without a registered cover. */
function shadeRow(reach: Calibrated, hazard: HazardName): number | null {
  const rows = reach.zones.filter((one) => one.hazard === hazard && one.measure !== 'spot').map((one) => one.row);
  return rows.length === 0 ? null : Math.min(...rows);
}

/** Hazards for which part of some zone is too far away, the one with the shortest reach first. */
export function shadable(reach: CameraReach): HazardName[] {
  if (reach.kind === 'none') return [];
  return hazardNames
    .filter((hazard) => (shadeRow(reach, hazard) ?? 0) > 0.01)
    .sort((a, b) => (shadeRow(reach, b) ?? 0) - (shadeRow(reach, a) ?? 0));
}

interface Limit {
  readonly y: number;
  readonly limitM: number;
  readonly hazards: readonly HazardName[];
}

/** One line for all hazards that end on about the same row. */
function limitsOf(reach: Calibrated): Limit[] {
  const limits: Limit[] = [];
  for (const hazard of shadable(reach)) {
    const y = shadeRow(reach, hazard) ?? 0;
    const same = limits.find((one) => Math.abs(one.y - y) < 0.015);
    const limitM = reach.zones.find((one) => one.hazard === hazard && one.row === y)?.limitM ?? 0;
    if (same) limits[limits.indexOf(same)] = { ...same, hazards: [...same.hazards, hazard] };
    else limits.push({ y, limitM, hazards: [hazard] });
  }
  return limits;
}

/** Lines of metres across the picture, where each hazard ends, and a shade over what the chosen one is not judged in. */
export function Ladder({ reach, shade, size }: { reach: CameraReach; shade: HazardName | null; size: Size }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const pattern = useId();
  if (reach.kind === 'none') return null;
  const { widthPx: w, heightPx: h } = size;
  const row = shade === null ? null : shadeRow(reach, shade);
  const unit = w / 640;
  return (
    <svg
      className="picture-marks"
      viewBox={`0 0 ${w} ${h}`}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label={say('reach.ladder')}
    >
      {row !== null && shade !== null && (
        <g className="reach-shade">
          <pattern
            id={pattern}
            width={10 * unit}
            height={10 * unit}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width={10 * unit} height={10 * unit} className="reach-dim" />
            <rect width={3 * unit} height={10 * unit} className="reach-hatch" />
          </pattern>
          <rect x={0} y={0} width={w} height={row * h} fill={`url(#${pattern})`} />
          <text x={w / 2} y={Math.max(16 * unit, row * h * 0.55)} textAnchor="middle" fontSize={13 * unit}>
            {say('reach.beyond', { hazard: shortName(shade, language) })}
          </text>
        </g>
      )}
      {reach.rungs.map(({ distanceM, y }) => (
        <g key={distanceM} className="reach-rung">
          <line x1={0} x2={w} y1={y * h} y2={y * h} strokeWidth={unit} strokeDasharray={`${8 * unit} ${6 * unit}`} />
          <text x={w - 8 * unit} y={y * h - 4 * unit} textAnchor="end" fontSize={12 * unit}>
            {format.metres(distanceM)}
          </text>
        </g>
      ))}
      {limitsOf(reach).map(({ y, limitM, hazards }) => (
        <g key={y} className="reach-limit">
          <line x1={0} x2={w} y1={y * h} y2={y * h} strokeWidth={2 * unit} />
          <text x={8 * unit} y={y * h - 4 * unit} fontSize={12 * unit}>
            {hazards.map((hazard) => shortName(hazard, language)).join(', ')}: {format.metres(limitM)}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Zone by zone, hazard by hazard: how far it is judged, in words. */
export function ReachPanel({
  view,
  shade,
  onShade,
}: {
  view: Pick<CameraView, 'reach' | 'zones'>;
  shade: HazardName | null;
  onShade: (hazard: HazardName | null) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const { reach, zones } = view;
  const may = shadable(reach);
  return (
    <section className="panel">
      <h2 className="panel-head">{say('reach.title')}</h2>
      <p className="pad mute small">{howKnown(reach, say, format)}</p>
      {may.length > 0 && (
        <div className="reach-choose" role="group" aria-label={say('reach.shade')}>
          <span className="mute small">{say('reach.shade')}</span>
          {may.map((hazard) => (
            <button
              key={hazard}
              type="button"
              className="chip"
              aria-pressed={hazard === shade}
              onClick={() => onShade(hazard === shade ? null : hazard)}
            >
              {shortName(hazard, language)}
            </button>
          ))}
        </div>
      )}
      <ul className="facts">
        {zones.map((zone) => (
          <li key={zone.id}>
            <b>{zone.id}</b> {say(`zone.${zone.kind}`)}
            {reach.kind === 'none' ? (
              <span className="mute">: {zone.hazards.map((h) => shortName(h, language)).join(', ')}</span>
            ) : (
              <dl className="reach-list">
                {reach.zones
                  .filter((one) => one.zoneId === zone.id)
                  .map((one) => (
                    <ReachLine key={one.hazard} of={one} />
                  ))}
              </dl>
            )}
          </li>
        ))}
        {zones.length === 0 && <li className="mute">{say('camera.noZones')}</li>}
      </ul>
    </section>
  );
}

function howKnown(reach: CameraReach, say: ReturnType<typeof useSay>, format: ReturnType<typeof useFormat>): string {
  if (reach.kind === 'none') {
    return reach.why === 'not-given'
      ? say('reach.none')
      : say('reach.contradict', { n: format.percent(reach.misfitRatio ?? 0) });
  }
  const slots = { tilt: format.number(reach.tiltDeg, 1), height: format.number(reach.heightM, 1) };
  return reach.by === 'tilt'
    ? say('reach.byTilt', slots)
    : say('reach.byLadder', { ...slots, n: format.percent(reach.misfitRatio ?? 0) });
}

function ReachLine({ of }: { of: ZoneReach }) {
  const say = useSay();
  const format = useFormat();
  const language = useKnown((state) => state.language);
  const { share, limitM, nearM } = of;
  const limit = format.metres(limitM);
  const judged = share >= half;
  const words =
    share >= whole
      ? say('reach.whole')
      : judged
        ? say('reach.part', { limit, share: format.percent(share) })
        : nearM < limitM
          ? say('reach.far', { limit, share: format.percent(Math.max(0.01, share)) })
          : say('reach.nothing', { limit, near: format.metres(nearM) });
  return (
    <>
      <dt>
        <i className={`reach-dot ${share >= whole ? 'reach-whole' : judged ? 'reach-part' : ''}`} aria-hidden="true" />
        {shortName(of.hazard, language)}
      </dt>
      <dd className={judged ? '' : 'mute'}>{words}</dd>
    </>
  );
}
