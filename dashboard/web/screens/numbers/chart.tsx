// A curve of the numbers page: bars and a line over time, drawn by uPlot in the city's tokens, with the same numbers as a table.
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Token } from '../../style/tokens.ts';
import { useFormat, useKnown, useSay } from '../../parts/words.ts';
import { Heads } from './parts.tsx';

export interface Curve {
  readonly name: string;
  readonly kind: 'bars' | 'line';
  readonly token: Token;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  readonly atMs: readonly number[];
  /** Bars are drawn in this order, the line above them. */
  readonly curves: readonly Curve[];
  readonly grain: 'hour' | 'day' | 'week';
  readonly digits: number;
  /** Grows when the colours of the page change. */
  readonly theme: string;
}

const heightPx = 150;

const colourOf = (token: Token): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();

function seriesOf({ kind, token, name }: Curve): uPlot.Series {
  const colour = colourOf(token);
  if (kind === 'line') {
    const points = { show: true, size: 6, fill: colourOf('bg1'), stroke: colour, width: 2 };
    return { label: name, stroke: colour, width: 2, points };
  }
  const paths = uPlot.paths.bars?.({ size: [0.8, 40, 2] });
  return { label: name, fill: colour, stroke: colour, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

export function Chart({ title, atMs, curves, grain, digits, theme }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const format = useFormat();
  const say = useSay();
  const language = useKnown((state) => state.language);
  const textStep = useKnown((state) => state.textStep);
  const [widthPx, setWidthPx] = useState(0);
  const label = (ms: number): string => (grain === 'hour' ? format.time(ms) : format.date(ms).slice(0, 5));

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidthPx(Math.round(entry?.contentRect.width ?? 0)));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const drawn = JSON.stringify([atMs, curves, grain, language]);
  useEffect(() => {
    const element = box.current;
    if (!element || widthPx === 0) return undefined;
    const { fontFamily, fontSize } = getComputedStyle(element);
    const font = `${fontSize} ${fontFamily}`;
    const axis = {
      font,
      stroke: colourOf('mute'),
      grid: { stroke: colourOf('line'), width: 1 },
      ticks: { stroke: colourOf('line'), width: 1 },
    };
    const places = atMs.map((_, i) => i);
    const plot = new uPlot(
      {
        width: widthPx,
        height: heightPx,
        cursor: { show: false },
        legend: { show: false },
        scales: {
          // By place and not by time: a day of 25 hours or a short month keeps bars of one width.
          x: { time: false, range: () => [-0.6, atMs.length - 0.4] },
          y: { range: (_plot, _min, max) => [0, Math.max(1, max) * 1.1] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 70,
            incrs: [1, 2, 3, 4, 6, 7, 12, 14],
            values: (_plot, splits) =>
              splits.map((place) => {
                const ms = Number.isInteger(place) ? atMs[place] : undefined;
                return ms === undefined ? null : label(ms);
              }),
          },
          {
            ...axis,
            size: 52,
            space: 34,
            values: (_plot, splits) => splits.map((value) => format.number(value, value % 1 === 0 ? 0 : 1)),
          },
        ],
        series: [{}, ...curves.map(seriesOf)],
      },
      [places, ...curves.map(({ values }) => [...values])],
      element,
    );
    return () => plot.destroy();
  }, [drawn, widthPx, theme, textStep]);

  return (
    <figure className="numbers-chart">
      <figcaption>
        <span className="mute">{title}</span>
        {curves.map((curve) => (
          <span key={curve.name} className="numbers-legend">
            <i className={`numbers-swatch numbers-swatch-${curve.kind}`} data-token={curve.token} aria-hidden="true" />
            {curve.name}
          </span>
        ))}
      </figcaption>
      <div ref={box} className="numbers-canvas" aria-hidden="true" />
      <details className="numbers-twin">
        <summary>{say('numbers.asTable')}</summary>
        <div className="numbers-scroll" role="region" tabIndex={0} aria-label={title}>
          <table className="table">
            <Heads of={[say('numbers.time'), ...curves.map((curve) => ({ right: curve.name }))]} />
            <tbody>
              {atMs.map((ms, i) => (
                <tr key={ms}>
                  <th scope="row" className="num">
                    {grain === 'hour' ? format.time(ms) : format.date(ms)}
                  </th>
                  {curves.map((curve) => {
                    const value = curve.values[i];
                    return (
                      <td key={curve.name} className="num right">
                        {value === null || value === undefined
                          ? '–'
                          : format.number(value, curve.kind === 'line' ? digits : value % 1 === 0 ? 0 : digits)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
