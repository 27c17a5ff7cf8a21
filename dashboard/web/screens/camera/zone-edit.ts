// Drawing of zones as a value: points, one undo in order of time, snapping, and what lies under the pointer. No screen inside.
import type { Zone } from '#core/camera';
import type { ZoneDraft, Mount } from '../../../contract.ts';

export type Spot = readonly [number, number];

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What is drawn: this is what undo goes back to. */
export interface Drawing {
  readonly zones: readonly ZoneDraft[];
  readonly mount: Mount;
}

export interface Editing {
  readonly now: Drawing;
  readonly past: readonly Drawing[];
  readonly future: readonly Drawing[];
  readonly zone: string | null;
  readonly point: number | null;
  readonly snap: boolean;
  /** The chosen zone is being drawn: clicks add points to its end. */
  readonly drawing: boolean;
  /** Where the keyboard would put the next point. */
  readonly cursor: Spot;
  /** Names of zones on other views of the camera: no zone here may have them. */
  readonly taken: readonly string[];
  /** As it was when a drag began; it becomes one step of undo when the hand lets go. */
  readonly held: Drawing | null;
}

export type EditAct =
  | { readonly kind: 'pick'; readonly zone: string | null; readonly point: number | null }
  | { readonly kind: 'new' }
  | { readonly kind: 'append'; readonly at: Spot }
  | { readonly kind: 'insert'; readonly after: number; readonly at: Spot }
  | { readonly kind: 'split' }
  | { readonly kind: 'remove-point'; readonly zone: string; readonly point: number }
  | { readonly kind: 'remove' }
  | { readonly kind: 'close' }
  | { readonly kind: 'grab' }
  | { readonly kind: 'drag'; readonly at: Spot }
  | { readonly kind: 'drop' }
  | { readonly kind: 'nudge'; readonly by: Spot }
  | { readonly kind: 'cursor'; readonly by: Spot }
  | { readonly kind: 'step-point'; readonly by: number }
  | { readonly kind: 'step-zone'; readonly by: number }
  | { readonly kind: 'change-zone'; readonly id: string; readonly zone: ZoneDraft }
  | { readonly kind: 'change-mount'; readonly mount: Mount }
  | { readonly kind: 'copy'; readonly zones: readonly Zone[] }
  | { readonly kind: 'put'; readonly drawing: Drawing }
  | { readonly kind: 'snap' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

/** The beginning: nothing is done, nothing is chosen but the first zone. */
export const editingOf = (drawing: Drawing, taken: readonly string[] = []): Editing => ({
  taken,
  now: drawing,
  past: [],
  future: [],
  zone: drawing.zones[0]?.id ?? null,
  point: null,
  snap: true,
  drawing: false,
  cursor: [0.5, 0.7],
  held: null,
});

const round = (value: number): number => Math.round(value * 1e5) / 1e5;
const inside = (value: number): number => round(Math.min(1, Math.max(0, value)));
const spot = ([x, y]: Spot): [number, number] => [inside(x), inside(y)];

/** A letter or a number that no zone of the list has. */
export function freeId(zones: readonly { readonly id: string }[]): string {
  const taken = new Set(zones.map((zone) => zone.id.toUpperCase()));
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  for (const id of [...letters, ...Array.from({ length: 99 }, (_, i) => `Z${i + 1}`)]) if (!taken.has(id)) return id;
  return `Z${zones.length + 100}`;
}

/** The chosen zone. */
export const chosenZone = ({ now, zone }: Pick<Editing, 'now' | 'zone'>): ZoneDraft | undefined =>
  now.zones.find((one) => one.id === zone);

/** A step that can be undone; the newest is undone first, whatever zone it was in. */
const done = (state: Editing, now: Drawing, more: Partial<Editing> = {}): Editing => ({
  ...state,
  ...more,
  now,
  past: [...state.past, state.now],
  future: [],
});

const withZone = (drawing: Drawing, id: string, change: (zone: ZoneDraft) => ZoneDraft): Drawing => ({
  ...drawing,
  zones: drawing.zones.map((zone) => (zone.id === id ? change(zone) : zone)),
});

const withRing = (drawing: Drawing, id: string, change: (ring: Spot[]) => Spot[]): Drawing =>
  withZone(drawing, id, (zone) => ({ ...zone, polygon: change([...zone.polygon]).map(spot) }));

/** What remains chosen after a jump to another drawing. */
function keepChoice(state: Editing, now: Drawing): Pick<Editing, 'zone' | 'point' | 'drawing' | 'held'> {
  const zone = now.zones.find((one) => one.id === state.zone) ?? now.zones[0];
  const point =
    zone?.id === state.zone && state.point !== null && state.point < zone.polygon.length ? state.point : null;
  return { zone: zone?.id ?? null, point, drawing: state.drawing && zone?.id === state.zone, held: null };
}

const wrap = (value: number, n: number): number => ((value % n) + n) % n;

function removePoint(state: Editing, zone: string, point: number): Editing {
  const left = (state.now.zones.find((one) => one.id === zone)?.polygon.length ?? 0) - 1;
  const now = withRing(state.now, zone, (ring) => ring.filter((_, i) => i !== point));
  return done(state, now, { zone, point: left > 0 ? Math.min(point, left - 1) : null });
}

function removeZone(state: Editing): Editing {
  const zones = state.now.zones.filter((one) => one.id !== state.zone);
  return done(state, { ...state.now, zones }, { zone: zones[0]?.id ?? null, point: null, drawing: false });
}

function split(state: Editing): Editing {
  const zone = chosenZone(state);
  const { point } = state;
  if (!zone || point === null || zone.polygon.length < 2) return state;
  const [a, b] = [zone.polygon[point], zone.polygon[wrap(point + 1, zone.polygon.length)]];
  if (!a || !b) return state;
  return act(state, { kind: 'insert', after: point, at: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] });
}

function copied(state: Editing, zones: readonly Zone[]): Editing {
  const all = [...state.now.zones];
  const others = state.taken.map((id) => ({ id }));
  for (const given of zones) {
    const zone = { ...given };
    delete zone.preset;
    const isTaken = [...others, ...all].some((one) => one.id.toUpperCase() === zone.id.toUpperCase());
    all.push({ ...zone, id: isTaken ? freeId([...others, ...all]) : zone.id });
  }
  const first = all[state.now.zones.length];
  return first ? done(state, { ...state.now, zones: all }, { zone: first.id, point: null, drawing: false }) : state;
}

/** One act of a hand. Acts that mean nothing leave everything as it is. */
export function act(state: Editing, given: EditAct): Editing {
  const { now, zone, point } = state;
  switch (given.kind) {
    case 'pick':
      return { ...state, zone: given.zone, point: given.point, drawing: state.drawing && given.zone === zone };
    case 'new': {
      const id = freeId([...now.zones, ...state.taken.map((one) => ({ id: one }))]);
      const fresh: ZoneDraft = {
        id,
        kind: 'carriageway',
        polygon: [],
        hazards: ['snow', 'flooding'],
        streetClass: 'none',
      };
      return done(state, { ...now, zones: [...now.zones, fresh] }, { zone: id, point: null, drawing: true });
    }
    case 'append': {
      const ring = chosenZone(state)?.polygon;
      if (zone === null || !ring || !state.drawing) return state;
      return done(
        state,
        withRing(now, zone, (old) => [...old, given.at]),
        { point: ring.length, cursor: given.at },
      );
    }
    case 'insert':
      if (zone === null) return state;
      return done(
        state,
        withRing(now, zone, (old) => [...old.slice(0, given.after + 1), given.at, ...old.slice(given.after + 1)]),
        { point: given.after + 1 },
      );
    case 'split':
      return split(state);
    case 'remove-point':
      return removePoint(state, given.zone, given.point);
    case 'remove':
      return zone === null ? state : point === null ? removeZone(state) : removePoint(state, zone, point);
    case 'close':
      return { ...state, drawing: false };
    case 'grab':
      return { ...state, held: now };
    case 'drag':
      if (zone === null || point === null || state.held === null) return state;
      return { ...state, now: withRing(now, zone, (old) => old.map((p, i) => (i === point ? given.at : p))) };
    case 'drop':
      if (state.held === null) return state;
      return state.held === now
        ? { ...state, held: null }
        : { ...state, held: null, past: [...state.past, state.held], future: [] };
    case 'nudge': {
      if (zone === null) return state;
      const [dx, dy] = given.by;
      const moved = withRing(now, zone, (old) =>
        old.map((p, i): Spot => (point === null || i === point ? [p[0] + dx, p[1] + dy] : p)),
      );
      return done(state, moved);
    }
    case 'cursor':
      return { ...state, cursor: spot([state.cursor[0] + given.by[0], state.cursor[1] + given.by[1]]) };
    case 'step-point': {
      const n = chosenZone(state)?.polygon.length ?? 0;
      if (n === 0) return state;
      return { ...state, point: point === null ? (given.by > 0 ? 0 : n - 1) : wrap(point + given.by, n) };
    }
    case 'step-zone': {
      const at = now.zones.findIndex((one) => one.id === zone);
      const next = now.zones[wrap(at + given.by, Math.max(1, now.zones.length))];
      return next ? { ...state, zone: next.id, point: null, drawing: false } : state;
    }
    case 'change-zone':
      return done(
        state,
        withZone(now, given.id, () => given.zone),
      );
    case 'change-mount':
      return done(state, { ...now, mount: given.mount });
    case 'copy':
      return copied(state, given.zones);
    case 'put':
      return done(state, given.drawing, keepChoice(state, given.drawing));
    case 'snap':
      return { ...state, snap: !state.snap };
    case 'undo': {
      const before = state.past.at(-1);
      if (!before) return state;
      const past = state.past.slice(0, -1);
      return { ...state, ...keepChoice(state, before), now: before, past, future: [now, ...state.future] };
    }
    case 'redo': {
      const [next, ...future] = state.future;
      if (!next) return state;
      return { ...state, ...keepChoice(state, next), now: next, past: [...state.past, now], future };
    }
  }
}

// ---- under the pointer; distances are in pixels of the picture

const apart = (a: Spot, b: Spot, { widthPx, heightPx }: Size): number =>
  Math.hypot((a[0] - b[0]) * widthPx, (a[1] - b[1]) * heightPx);

/** The nearest place on a side to a spot. */
function onSide(at: Spot, a: Spot, b: Spot, { widthPx, heightPx }: Size): Spot {
  const [dx, dy] = [(b[0] - a[0]) * widthPx, (b[1] - a[1]) * heightPx];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((at[0] - a[0]) * widthPx * dx + (at[1] - a[1]) * heightPx * dy) / length;
  const part = Math.min(1, Math.max(0, along));
  return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
}

export type Under =
  | { readonly kind: 'point'; readonly zone: string; readonly point: number }
  | { readonly kind: 'edge'; readonly zone: string; readonly after: number; readonly at: Spot }
  | { readonly kind: 'nothing' };

/** The point under the pointer, the chosen zone's first; else a side of the chosen zone. */
export function under(at: Spot, state: Pick<Editing, 'now' | 'zone'>, size: Size, reachPx: number): Under {
  const order = [...state.now.zones].sort((a, b) => Number(b.id === state.zone) - Number(a.id === state.zone));
  for (const zone of order) {
    const near = zone.polygon
      .map((p, point) => ({ point, away: apart(p, at, size) }))
      .sort((a, b) => a.away - b.away)[0];
    if (near && near.away <= reachPx) return { kind: 'point', zone: zone.id, point: near.point };
  }
  const zone = chosenZone(state);
  const sides = (zone?.polygon ?? []).map((a, after, ring) => {
    const place = onSide(at, a, ring[(after + 1) % ring.length] ?? a, size);
    return { after, place, away: apart(place, at, size) };
  });
  const side = sides.sort((a, b) => a.away - b.away)[0];
  if (!zone || zone.polygon.length < 2 || !side || side.away > reachPx) return { kind: 'nothing' };
  return { kind: 'edge', zone: zone.id, after: side.after, at: side.place };
}

/** A spot drawn to a near point or side of another zone, or to the border of the picture; points come before sides. */
export function snapped(at: Spot, state: Editing, size: Size, reachPx: number): Spot {
  if (!state.snap) return spot(at);
  const others = state.now.zones.filter((one) => one.id !== state.zone);
  const corners = others.flatMap((one) => one.polygon.map((p): Spot => p));
  const nearest = (spots: readonly Spot[]): Spot | undefined =>
    [...spots].sort((a, b) => apart(a, at, size) - apart(b, at, size)).find((p) => apart(p, at, size) <= reachPx);
  const corner = nearest(corners);
  if (corner) return corner;
  const sides = others.flatMap(({ polygon }) =>
    polygon.map((a, i): Spot => onSide(at, a, polygon[(i + 1) % polygon.length] ?? a, size)),
  );
  const border: Spot[] = [
    [0, at[1]],
    [1, at[1]],
    [at[0], 0],
    [at[0], 1],
  ];
  return spot(nearest(sides) ?? nearest(border) ?? at);
}
