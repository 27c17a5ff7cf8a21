// Keys of the zone editor: rows of the one table of keys (screens 2), heard only while zones are drawn.
import type { KeyRow } from '../../keys.ts';

const row = (act: string, codes: readonly string[], text: KeyRow['text'], more: Partial<KeyRow> = {}): KeyRow => ({
  act,
  codes,
  text,
  where: ['camera'],
  modes: ['zones'],
  ...more,
});

const arrows = [
  ['ArrowLeft', 0],
  ['ArrowUp', 1],
  ['ArrowRight', 2],
  ['ArrowDown', 3],
] as const;

/** `arg` of an arrow: 0 left, 1 up, 2 right, 3 down. */
export const zoneKeyRows: readonly KeyRow[] = [
  row('edit-zones', ['KeyE'], 'key.editZones', { modes: ['plain'], bar: true }),
  row('zone-new', ['Insert', 'KeyN'], 'key.zoneNew', { bar: true }),
  row('zone-add', ['KeyA'], 'key.zoneAdd', { bar: true }),
  row('zone-remove', ['Delete', 'Backspace'], 'key.zoneRemove', { bar: true }),
  ...arrows.map(([code, arg]) => row('zone-nudge', [code], 'key.zoneNudge', { arg, repeat: true, bar: arg === 0 })),
  ...arrows.map(([code, arg]) => row('zone-nudge-far', [code], 'key.zoneNudgeFar', { arg, repeat: true, shift: true })),
  row('zone-point', ['KeyJ'], 'key.zoneNext', { arg: 1, repeat: true, bar: true }),
  row('zone-point', ['KeyK'], 'key.zonePrevious', { arg: -1, repeat: true }),
  row('zone-other', ['KeyJ'], 'key.zoneOther', { arg: 1, shift: true }),
  row('zone-other', ['KeyK'], 'key.zoneOther', { arg: -1, shift: true }),
  row('zone-undo', ['KeyZ'], 'key.zoneUndo', { repeat: true, bar: true }),
  row('zone-undo', ['KeyZ'], 'key.zoneUndo', { repeat: true, ctrl: true }),
  row('zone-redo', ['KeyZ'], 'key.zoneRedo', { repeat: true, shift: true }),
  row('zone-redo', ['KeyY'], 'key.zoneRedo', { repeat: true }),
  row('zone-snap', ['KeyX'], 'key.zoneSnap', { bar: true }),
  row('zone-go', ['Enter', 'NumpadEnter'], 'key.zoneGo', { bar: true }),
  row('help', ['Slash'], 'key.help', { shift: true }),
];
