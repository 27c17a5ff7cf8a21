// The same as the map in words: incidents, cameras and the painted ground as tables, for who reads with ears or prefers words.
import { useState, type ReactNode } from 'react';
import type { CameraMark, GroundArea, IncidentCard, SnowArea } from '../../../contract.ts';
import { hazardName, titleOf } from '../../hazard-words.ts';
import { Mark } from '../../parts/mark.tsx';
import { Waiting } from '../../parts/panel-state.tsx';
import { useWindow } from '../../parts/use-window.ts';
import { useFormat, useKnown, useNow, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { districtKey } from '../desk/district.ts';
import { snowAge } from './ground.ts';

const rowPx = 44;

interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

function Windowed<T>({
  caption,
  columns,
  rows,
  keyOf,
  empty,
  testId,
}: {
  caption: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
  empty: string;
  testId: string;
}) {
  const { box, from, to, abovePx, belowPx } = useWindow(rows.length, rowPx);
  if (rows.length === 0) return <p className="panel-state mute">{empty}</p>;
  return (
    <div className="map-table-scroll" ref={box} tabIndex={0} role="group" aria-label={caption}>
      <table className="table" data-testid={testId} aria-rowcount={rows.length + 1}>
        <caption>{caption}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.head} scope="col">
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {abovePx > 0 && <tr className="map-table-gap" aria-hidden="true" style={{ height: abovePx }} />}
          {rows.slice(from, to).map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={from + i + 2} style={{ height: rowPx }}>
              {columns.map((column) => (
                <td key={column.head} className={column.isNumber === true ? 'num' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {belowPx > 0 && <tr className="map-table-gap" aria-hidden="true" style={{ height: belowPx }} />}
        </tbody>
      </table>
    </div>
  );
}

type Which = 'incidents' | 'cameras' | 'ground';

export type GroundRows =
  | { readonly kind: 'none' }
  | { readonly kind: 'ground'; readonly areas: readonly GroundArea[] }
  | { readonly kind: 'snow'; readonly areas: readonly SnowArea[]; readonly nowMs: number };

interface TablesProps {
  readonly cards: readonly IncidentCard[];
  /** Undefined while they are still to come. */
  readonly cameras: readonly CameraMark[] | undefined;
  readonly ground: GroundRows;
}

export function Tables({ cards, cameras, ground }: TablesProps) {
  const say = useSay();
  const [which, setWhich] = useState<Which>('incidents');
  const n: Readonly<Record<Which, number>> = {
    incidents: cards.length,
    cameras: cameras?.length ?? 0,
    ground: ground.kind === 'none' ? 0 : ground.areas.length,
  };
  return (
    <div className="table-place map-tables">
      <div role="group" aria-label={say('map.table.which')} className="map-table-which">
        {(['incidents', 'cameras', 'ground'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={one === which} className="toggle" onClick={() => setWhich(one)}>
            {say(`map.table.${one}`, { n: n[one] })}
          </button>
        ))}
      </div>
      {which === 'incidents' && <IncidentTable cards={cards} />}
      {which === 'cameras' && (cameras ? <CameraTable cameras={cameras} /> : <Waiting what="app.loadingScreen" />)}
      {which === 'ground' && <GroundTable ground={ground} />}
    </div>
  );
}

function IncidentTable({ cards }: { cards: readonly IncidentCard[] }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <Windowed
      testId="map-table"
      caption={say('map.tableCaption', { n: cards.length })}
      rows={cards}
      keyOf={(card) => card.id}
      empty={say('map.nothing')}
      columns={[
        { head: say('table.number'), isNumber: true, cell: (card) => `#${card.number}` },
        { head: say('table.hazard'), cell: (card) => format.pick(titleOf(card)) },
        {
          head: say('table.severity'),
          cell: (card) => (
            <>
              <Mark severity={card.severity} size={20} mute /> {say(`severity.${card.severity}`)}
            </>
          ),
        },
        { head: say('table.place'), cell: (card) => <span className="cut">{format.pick(card.place)}</span> },
        { head: say('table.district'), cell: (card) => say(`district.${districtKey(card.district)}`) },
        { head: say('table.state'), cell: (card) => say(`state.${card.state}`) },
        { head: say('table.since'), isNumber: true, cell: (card) => format.moment(card.openedAtMs, nowMs) },
      ]}
    />
  );
}

function CameraLink({ id }: { id: string }) {
  const mayOpen = useKnown((state) => state.me?.permissions.includes('see-cameras') === true);
  return mayOpen ? <a href={hashOf('camera', id)}>{id}</a> : <>{id}</>;
}

function CameraTable({ cameras }: { cameras: readonly CameraMark[] }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  return (
    <Windowed
      testId="map-camera-table"
      caption={say('map.table.cameras', { n: cameras.length })}
      rows={cameras}
      keyOf={(camera) => camera.id}
      empty={say('map.noCameras')}
      columns={[
        { head: say('map.col.camera'), cell: (camera) => <CameraLink id={camera.id} /> },
        { head: say('table.place'), cell: (camera) => <span className="cut">{format.pick(camera.name)}</span> },
        { head: say('table.district'), cell: (camera) => say(`district.${districtKey(camera.district)}`) },
        { head: say('table.state'), cell: (camera) => say(`health.${camera.state}`) },
        {
          head: say('map.col.lastLook'),
          isNumber: true,
          cell: ({ lastLookAtMs }) => (lastLookAtMs === null ? say('map.never') : format.moment(lastLookAtMs, nowMs)),
        },
        {
          head: say('map.col.sees'),
          cell: (camera) => (
            <span className="cut">{camera.hazards.map((one) => format.pick(hazardName(one))).join(', ')}</span>
          ),
        },
      ]}
    />
  );
}

function GroundTable({ ground }: { ground: GroundRows }) {
  const say = useSay();
  const format = useFormat();
  const nowMs = useNow(30_000);
  const cameras = useKnown((state) => state.cameras);
  const placeOf = (id: string): string => {
    const camera = cameras.get(id);
    return camera ? format.pick(camera.name) : id;
  };
  if (ground.kind === 'none') return <p className="panel-state mute">{say('map.pickGround')}</p>;
  if (ground.kind === 'snow') {
    return (
      <Windowed
        testId="map-ground-table"
        caption={say('map.table.ground', { n: ground.areas.length })}
        rows={ground.areas}
        keyOf={(area) => `${area.cameraId} ${area.zoneId}`}
        empty={say('map.nothing')}
        columns={[
          { head: say('map.col.segment'), cell: (area) => area.segment ?? '–' },
          { head: say('map.col.camera'), cell: (area) => <CameraLink id={area.cameraId} /> },
          { head: say('table.place'), cell: (area) => <span className="cut">{format.pick(area.place)}</span> },
          { head: say('table.district'), cell: (area) => say(`district.${districtKey(area.district)}`) },
          { head: say('map.col.cover'), isNumber: true, cell: (area) => format.percent(area.level) },
          {
            head: say('map.col.fall'),
            cell: (area) =>
              snowAge(area, ground.nowMs) === 'Late'
                ? say('map.legend.snowLate')
                : area.fallEndedAtMs === null
                  ? say('map.legend.snowOpen')
                  : format.ago(area.fallEndedAtMs, nowMs),
          },
        ]}
      />
    );
  }
  return (
    <Windowed
      testId="map-ground-table"
      caption={say('map.table.ground', { n: ground.areas.length })}
      rows={ground.areas}
      keyOf={(area) => `${area.cameraId} ${area.zoneId}`}
      empty={say('map.nothing')}
      columns={[
        { head: say('map.col.camera'), cell: (area) => <CameraLink id={area.cameraId} /> },
        { head: say('table.place'), cell: (area) => <span className="cut">{placeOf(area.cameraId)}</span> },
        { head: say('map.col.zone'), cell: (area) => area.zoneId },
        {
          head: say('map.col.area'),
          isNumber: true,
          cell: (area) => `${format.number(area.areaM2)} ${format.squareMetre}`,
        },
        { head: say('map.col.reach'), isNumber: true, cell: (area) => format.metres(area.limitM) },
        {
          head: say('map.col.lastGood'),
          isNumber: true,
          cell: ({ lastGoodAtMs }) => (lastGoodAtMs === null ? say('map.never') : format.moment(lastGoodAtMs, nowMs)),
        },
      ]}
    />
  );
}
