// Every key and what it does: one table. Matching, the key bar and the help sheet are made from it (screens 2).
// Keys are known by their place (`event.code`), so the same finger works under Kazakh, Russian and English layouts.
import { zoneKeyRows } from './screens/camera/zone-keys.ts';
import type { TextKey } from './texts/index.ts';

export const places = [
  'desk',
  'map',
  'wall',
  'tasks',
  'violations',
  'camera',
  'system',
  'held',
  'numbers',
  'options',
  'shift',
  'live',
] as const;
export type Place = (typeof places)[number];

/** What has the keys now: the screen itself, an opened row of the desk, or a layer above it. */
export type Mode = 'plain' | 'reasons' | 'hazards' | 'addressees' | 'armed' | 'layer' | 'zones';

export type Guard = 'G1' | 'G2' | 'G3' | 'G4';

export interface KeyRow {
  readonly codes: readonly string[];
  readonly act: string;
  /** For rows of like keys: which of them (a severity, a reason, a step). */
  readonly arg?: number;
  readonly where: readonly Place[] | 'everywhere';
  readonly modes: readonly Mode[];
  readonly shift?: boolean;
  readonly ctrl?: boolean;
  /** Works as long as it is down; its release is told too. */
  readonly hold?: boolean;
  /** A held key may go on by itself (walking a list). */
  readonly repeat?: boolean;
  readonly text: TextKey;
  readonly guards?: readonly Guard[];
  /** Drawn in the key bar of these screens. */
  readonly bar?: boolean;
}

const plain = ['plain'] as const;
const anyMode = ['plain', 'reasons', 'hazards', 'addressees', 'armed', 'layer', 'zones'] as const;
const lists = ['desk', 'map', 'tasks', 'violations', 'camera'] as const;

const digits = (from: number, to: number, row: Omit<KeyRow, 'codes' | 'arg'>): KeyRow[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ ...row, codes: [`Digit${from + i}`], arg: from + i }));

export const keyTable: readonly KeyRow[] = [
  {
    codes: ['Enter', 'NumpadEnter', 'KeyC'],
    act: 'confirm',
    where: ['desk'],
    modes: plain,
    text: 'key.confirm',
    guards: ['G1', 'G2', 'G3'],
    bar: true,
  },
  {
    codes: ['KeyX'],
    act: 'reject',
    where: ['desk'],
    modes: ['plain', 'reasons'],
    text: 'key.reject',
    guards: ['G1', 'G2', 'G3'],
    bar: true,
  },
  ...digits(1, 8, {
    act: 'reason',
    where: ['desk', 'tasks'],
    modes: ['reasons'],
    text: 'key.reason',
    guards: ['G1', 'G2', 'G3'],
  }),
  {
    codes: ['KeyU'],
    act: 'unsure',
    where: ['desk'],
    modes: plain,
    text: 'key.unsure',
    guards: ['G1', 'G2', 'G3'],
    bar: true,
  },
  {
    codes: ['KeyD'],
    act: 'same',
    where: ['desk'],
    modes: plain,
    text: 'key.same',
    guards: ['G1', 'G2', 'G4'],
    bar: true,
  },
  {
    codes: ['KeyH'],
    act: 'other',
    where: ['desk'],
    modes: ['plain', 'hazards'],
    text: 'key.other',
    guards: ['G1', 'G2', 'G3'],
    bar: true,
  },
  ...digits(1, 4, {
    act: 'hazard',
    where: ['desk'],
    modes: ['hazards'],
    text: 'key.hazard',
    guards: ['G1', 'G2', 'G3'],
  }),
  ...digits(1, 4, { act: 'severity', where: ['desk'], modes: plain, text: 'key.severity' }),
  ...digits(1, 9, { act: 'filter-queue', where: ['desk'], modes: plain, shift: true, text: 'key.filterQueue' }),
  { codes: ['KeyA'], act: 'addressee', where: ['desk'], modes: ['plain', 'addressees'], text: 'key.addressee' },
  {
    codes: ['Enter', 'NumpadEnter'],
    shift: true,
    act: 'confirm-now',
    where: ['desk'],
    modes: plain,
    text: 'key.confirmNow',
    guards: ['G1', 'G2'],
  },
  {
    codes: ['Enter', 'NumpadEnter'],
    act: 'do-it',
    where: ['violations'],
    modes: ['armed'],
    text: 'key.doIt',
    guards: ['G4'],
  },
  {
    codes: ['Enter', 'NumpadEnter', 'KeyC'],
    act: 'do-it',
    where: ['desk'],
    modes: ['armed'],
    text: 'key.doIt',
    guards: ['G2', 'G3', 'G4'],
  },
  { codes: ['KeyS'], act: 'shelve', where: ['desk'], modes: plain, text: 'key.shelve', guards: ['G2', 'G4'] },
  {
    codes: ['KeyZ'],
    act: 'undo',
    where: ['desk'],
    modes: ['plain', 'reasons', 'hazards', 'addressees'],
    text: 'key.undo',
    bar: true,
  },
  {
    codes: ['KeyZ'],
    act: 'undo',
    where: ['map', 'tasks', 'violations', 'camera', 'system', 'held', 'numbers', 'wall', 'options', 'shift', 'live'],
    modes: ['plain', 'reasons'],
    text: 'key.undo',
  },
  {
    codes: ['KeyZ'],
    ctrl: true,
    act: 'undo',
    where: 'everywhere',
    modes: ['plain', 'reasons', 'hazards', 'addressees'],
    text: 'key.undo',
  },
  { codes: ['KeyJ', 'ArrowDown'], act: 'next', where: lists, modes: plain, repeat: true, text: 'key.next', bar: true },
  { codes: ['KeyK', 'ArrowUp'], act: 'previous', where: lists, modes: plain, repeat: true, text: 'key.previous' },
  { codes: ['End'], act: 'last', where: lists, modes: plain, text: 'key.last' },
  { codes: ['Home'], act: 'first', where: lists, modes: plain, text: 'key.first' },
  { codes: ['Space'], act: 'play', where: ['violations'], modes: plain, text: 'key.play', bar: true },
  {
    codes: ['ArrowLeft'],
    act: 'step',
    arg: -1,
    where: ['violations', 'desk'],
    modes: plain,
    repeat: true,
    text: 'key.stepBack',
  },
  {
    codes: ['ArrowRight'],
    act: 'step',
    arg: 1,
    where: ['violations', 'desk'],
    modes: plain,
    repeat: true,
    text: 'key.stepOn',
  },
  {
    codes: ['ArrowLeft'],
    shift: true,
    act: 'frame',
    arg: -1,
    where: ['violations'],
    modes: plain,
    repeat: true,
    text: 'key.frameBack',
    bar: true,
  },
  {
    codes: ['ArrowRight'],
    shift: true,
    act: 'frame',
    arg: 1,
    where: ['violations'],
    modes: plain,
    repeat: true,
    text: 'key.frameOn',
  },
  { codes: ['KeyB'], act: 'blink', hold: true, where: ['desk'], modes: plain, text: 'key.blink', bar: true },
  { codes: ['KeyQ'], act: 'magnify', hold: true, where: ['desk'], modes: plain, text: 'key.magnify', bar: true },
  { codes: ['KeyF'], act: 'full', where: ['desk', 'camera'], modes: ['plain', 'layer'], text: 'key.full' },
  { codes: ['KeyM'], act: 'to-map', where: ['desk', 'map', 'tasks'], modes: plain, text: 'key.toMap', bar: true },
  { codes: ['KeyE'], act: 'explain', where: ['desk'], modes: plain, text: 'key.explain', bar: true },
  { codes: ['KeyI'], act: 'link-appeal', where: ['desk'], modes: plain, text: 'key.linkAppeal' },
  { codes: ['KeyR'], act: 'show-new', where: ['desk'], modes: plain, text: 'key.showNew' },
  { codes: ['KeyP'], act: 'pause', where: ['desk'], modes: plain, text: 'key.pause' },
  {
    codes: ['KeyN'],
    act: 'by-hand',
    where: ['desk', 'map', 'camera', 'live'],
    modes: plain,
    text: 'key.byHand',
    guards: ['G4'],
    bar: true,
  },
  {
    codes: ['KeyN'],
    act: 'mark-article',
    where: ['violations'],
    modes: plain,
    text: 'key.markArticle',
    guards: ['G4'],
    bar: true,
  },
  { codes: ['KeyL'], act: 'live', where: ['desk', 'map', 'camera'], modes: plain, text: 'key.live', bar: true },
  { codes: ['KeyL'], act: 'to-camera', where: ['tasks'], modes: plain, text: 'key.toCamera', bar: true },
  { codes: ['KeyL'], shift: true, act: 'to-camera', where: ['desk', 'map'], modes: plain, text: 'key.toCamera' },
  { codes: ['BracketRight'], act: 'page', arg: 1, where: ['live'], modes: plain, text: 'key.livePage', bar: true },
  { codes: ['BracketLeft'], act: 'page', arg: -1, where: ['live'], modes: plain, text: 'key.livePageBack', bar: true },
  { codes: ['Enter', 'NumpadEnter'], act: 'open', where: ['map', 'camera'], modes: plain, text: 'key.open', bar: true },
  { codes: ['KeyX'], act: 'mark', where: ['camera'], modes: plain, text: 'key.markCamera', bar: true },
  { codes: ['KeyX'], shift: true, act: 'mark-all', where: ['camera'], modes: plain, text: 'key.markAll' },
  { codes: ['KeyB'], act: 'bulk', where: ['camera'], modes: plain, text: 'key.bulk', bar: true },
  { codes: ['KeyR'], act: 'references', where: ['camera'], modes: plain, text: 'key.references', bar: true },
  { codes: ['KeyV'], act: 'views', where: ['camera'], modes: plain, text: 'key.views', bar: true },
  { codes: ['KeyC'], act: 'centre', where: ['map'], modes: plain, text: 'key.centre', bar: true },
  { codes: ['Slash'], act: 'search', where: ['map'], modes: plain, text: 'key.search', bar: true },
  { codes: ['Digit0'], act: 'whole-city', where: ['map'], modes: plain, text: 'key.wholeCity' },
  ...digits(1, 5, { act: 'filter-hazard', where: ['map'], modes: plain, shift: true, text: 'key.filterHazard' }),
  {
    codes: ['Equal', 'NumpadAdd'],
    act: 'zoom',
    arg: 1,
    where: ['map'],
    modes: plain,
    repeat: true,
    text: 'key.zoomIn',
  },
  {
    codes: ['Minus', 'NumpadSubtract'],
    act: 'zoom',
    arg: -1,
    where: ['map'],
    modes: plain,
    repeat: true,
    text: 'key.zoomOut',
  },
  {
    codes: ['Enter', 'NumpadEnter'],
    act: 'fixed',
    where: ['tasks'],
    modes: plain,
    text: 'key.fixed',
    guards: ['G1', 'G2'],
    bar: true,
  },
  {
    codes: ['KeyX'],
    act: 'return',
    where: ['tasks'],
    modes: plain,
    text: 'key.return',
    guards: ['G1', 'G2'],
    bar: true,
  },
  ...digits(1, 9, {
    act: 'article',
    where: ['violations'],
    modes: plain,
    text: 'key.article',
    guards: ['G4'],
    bar: true,
  }),
  ...digits(1, 4, { act: 'span', where: ['numbers'], modes: plain, text: 'key.span', bar: true }),
  { codes: ['ArrowLeft'], act: 'period', arg: -1, where: ['numbers'], modes: plain, text: 'key.periodBack', bar: true },
  { codes: ['ArrowRight'], act: 'period', arg: 1, where: ['numbers'], modes: plain, text: 'key.periodOn', bar: true },
  { codes: ['KeyE'], act: 'definitions', where: ['numbers'], modes: plain, text: 'key.definitions', bar: true },
  { codes: ['KeyW'], act: 'week', where: ['numbers'], modes: plain, text: 'key.week', bar: true },
  { codes: ['ArrowRight'], act: 'tab', arg: 1, where: ['options'], modes: plain, text: 'key.tab', bar: true },
  { codes: ['ArrowLeft'], act: 'tab', arg: -1, where: ['options'], modes: plain, text: 'key.tabBack', bar: true },
  { codes: ['KeyG'], act: 'go', where: 'everywhere', modes: plain, text: 'key.go' },
  {
    codes: ['Slash'],
    shift: true,
    act: 'help',
    where: 'everywhere',
    modes: ['plain', 'layer'],
    text: 'key.help',
    bar: true,
  },
  {
    codes: ['Equal'],
    act: 'text-size',
    arg: 1,
    where: ['desk', 'tasks', 'violations', 'camera', 'system', 'held', 'numbers', 'options', 'shift', 'live'],
    modes: plain,
    text: 'key.textLarger',
  },
  {
    codes: ['Minus'],
    act: 'text-size',
    arg: -1,
    where: ['desk', 'tasks', 'violations', 'camera', 'system', 'held', 'numbers', 'options', 'shift', 'live'],
    modes: plain,
    text: 'key.textSmaller',
  },
  {
    codes: ['Equal'],
    shift: true,
    act: 'text-size',
    arg: 1,
    where: 'everywhere',
    modes: plain,
    text: 'key.textLarger',
  },
  {
    codes: ['Minus'],
    shift: true,
    act: 'text-size',
    arg: -1,
    where: 'everywhere',
    modes: plain,
    text: 'key.textSmaller',
  },
  ...zoneKeyRows,
  { codes: ['Escape'], act: 'escape', where: 'everywhere', modes: anyMode, text: 'key.escape' },
];

let inUse: readonly KeyRow[] = keyTable;

/** The table as the person who sits here moved it (key-choice.ts); everything below reads this one. */
export const keysInUse = (): readonly KeyRow[] => inUse;

/** Takes another table into use. */
export function takeTable(table: readonly KeyRow[]): void {
  inUse = table;
}

/** Second keys after `KeyG`, within `chordMs`. */
export const goKeys: Readonly<Record<string, Place>> = {
  KeyD: 'desk',
  KeyW: 'wall',
  KeyM: 'map',
  KeyC: 'camera',
  KeyV: 'violations',
  KeyT: 'tasks',
  KeyR: 'numbers',
  KeyO: 'options',
  KeyA: 'held',
  KeyS: 'shift',
  KeyL: 'live',
};
export const chordMs = 1500;

/** The part of a keyboard event that matching needs. */
export interface Press {
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
}

export interface KeyStage {
  readonly place: Place;
  readonly mode: Mode;
  /** The focus is in a text field, a list box of the browser, or a dialog with keys of its own. */
  readonly typing: boolean;
}

/**
 * The row of the table that this press means here, or undefined. Repeats, foreign modifiers, composing and typing mean nothing;
 * Escape alone is heard while typing.
 */
export function matchKey(press: Press, stage: KeyStage): KeyRow | undefined {
  if (press.isComposing || press.altKey || press.metaKey) return undefined;
  if (stage.typing && press.code !== 'Escape') return undefined;
  return inUse.find(
    (row) =>
      row.codes.includes(press.code) &&
      (row.shift ?? false) === press.shiftKey &&
      (row.ctrl ?? false) === press.ctrlKey &&
      (!press.repeat || row.repeat === true) &&
      row.modes.includes(stage.mode) &&
      (row.where === 'everywhere' || row.where.includes(stage.place)),
  );
}

/** The row whose held key was let go; modifiers may have changed meanwhile. */
export const releasedKey = (code: string, place: Place): KeyRow | undefined =>
  inUse.find(
    (row) => row.hold === true && row.codes.includes(code) && (row.where === 'everywhere' || row.where.includes(place)),
  );

/** The rows of a screen, each act once, for the key bar (`bar`) or the help sheet. */
export function keysOf(place: Place, only: 'bar' | 'all'): KeyRow[] {
  const seen = new Set<string>();
  return inUse.filter((row) => {
    if (row.codes.length === 0) return false;
    if (row.where !== 'everywhere' && !row.where.includes(place)) return false;
    if (only === 'bar' && row.bar !== true) return false;
    const name = `${row.act} ${row.text}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

/** Letters of the Russian and Kazakh layouts on the places of Latin letters and signs. */
const cyrillic: Readonly<Record<string, string>> = {
  KeyA: 'Ф',
  KeyB: 'И',
  KeyC: 'С',
  KeyD: 'В',
  KeyE: 'У',
  KeyF: 'А',
  KeyG: 'П',
  KeyH: 'Р',
  KeyJ: 'О',
  KeyK: 'Л',
  KeyL: 'Д',
  KeyM: 'Ь',
  KeyN: 'Т',
  KeyO: 'Щ',
  KeyP: 'З',
  KeyQ: 'Й',
  KeyR: 'К',
  KeyS: 'Ы',
  KeyT: 'Е',
  KeyU: 'Г',
  KeyV: 'М',
  KeyW: 'Ц',
  KeyX: 'Ч',
  KeyZ: 'Я',
  Semicolon: 'Ж',
  Quote: 'Э',
  Comma: 'Б',
  Period: 'Ю',
  BracketLeft: 'Х',
  BracketRight: 'Ъ',
};

const signs: Readonly<Record<string, string>> = {
  Semicolon: ';',
  Quote: "'",
  Comma: ',',
  Period: '.',
  BracketLeft: '[',
  BracketRight: ']',
};

const named: Readonly<Record<string, string>> = {
  Enter: 'Enter',
  NumpadEnter: 'Enter',
  Space: '␣',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Slash: '/',
  Equal: '+',
  Minus: '−',
  NumpadAdd: '+',
  NumpadSubtract: '−',
  Escape: 'Esc',
  Home: 'Home',
  End: 'End',
  Insert: 'Ins',
  Delete: 'Del',
  Backspace: '⌫',
};

/**
 * What stands on a key: the Latin letter and, where the current layout (or the Cyrillic one, when the browser does not tell)
 * prints another, that one too: `J · О`.
 */
export function keyLabel(code: string, layout?: ReadonlyMap<string, string>): string {
  const fixed = named[code];
  if (fixed !== undefined) return fixed;
  if (code.startsWith('Digit')) return code.slice(5);
  const latin = signs[code] ?? (code.startsWith('Key') ? code.slice(3) : undefined);
  if (latin === undefined) return code;
  const other = layout ? layout.get(code)?.toUpperCase() : cyrillic[code];
  return other === undefined || other === latin ? latin : `${latin} · ${other}`;
}

/** The keys of a row as drawn: `Shift + Enter`, `1`–`4` for a row of digits. */
export function rowLabel(row: KeyRow, layout?: ReadonlyMap<string, string>): string {
  const like =
    row.codes[0]?.startsWith('Digit') === true ? inUse.filter((r) => r.act === row.act && r.text === row.text) : [];
  const first = row.codes.filter((code) => !code.startsWith('Numpad')).map((code) => keyLabel(code, layout));
  const keys = like.length > 1 ? `${like[0]?.arg ?? ''}–${like[like.length - 1]?.arg ?? ''}` : first.join(', ');
  return `${row.ctrl ? 'Ctrl + ' : ''}${row.shift ? 'Shift + ' : ''}${keys}`;
}

/** `aria-keyshortcuts` of an act on a screen. */
export const shortcutOf = (act: string, place: Place): string | undefined => {
  const row = inUse.find(
    (r) => r.codes.length > 0 && r.act === act && (r.where === 'everywhere' || r.where.includes(place)),
  );
  return row?.codes.map((code) => (row.shift ? 'Shift+' : '') + code.replace(/^Key|^Digit/, '')).join(' ');
};
