// The key map: which key does what, moved to another one or switched off by the person who presses it.
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { chosen, choose } from '../../choices.ts';
import { clashOf, mayMoveTo, movableActs, moveName, tableFor } from '../../key-choice.ts';
import { keyLabel, type KeyRow } from '../../keys.ts';
import { useLayoutMap, useSay } from '../../parts/words.ts';

type Trouble = { readonly kind: 'clash'; readonly with: KeyRow } | { readonly kind: 'not-movable' };

export function KeyMap() {
  const say = useSay();
  const layout = useLayoutMap();
  const { choices } = useStore(chosen);
  const [find, setFind] = useState('');
  const [taking, setTaking] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<{ name: string; why: Trouble } | null>(null);
  const { handed, moved, singleKeys } = choices;
  const table = tableFor({ handed, moved, singleKeys: true });

  useEffect(() => {
    if (taking === null) return undefined;
    // Before the listener of the frame, which would act on the key.
    const onDown = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
      setTaking(null);
      if (event.code === 'Escape') return;
      if (!mayMoveTo(event.code)) {
        setTrouble({ name: taking, why: { kind: 'not-movable' } });
        return;
      }
      const next = { ...moved, [taking]: event.code };
      const clash = clashOf(taking, tableFor({ handed, moved: next, singleKeys: true }));
      setTrouble(clash ? { name: taking, why: { kind: 'clash', with: clash } } : null);
      if (!clash) choose({ moved: next });
    };
    window.addEventListener('keydown', onDown, { capture: true });
    return () => window.removeEventListener('keydown', onDown, { capture: true });
  }, [taking, handed, moved]);

  const put = (name: string, code: string | null | undefined): void => {
    const rest = Object.fromEntries(Object.entries(moved).filter(([one]) => one !== name));
    const next = code === undefined ? rest : { ...rest, [name]: code };
    const clash = clashOf(name, tableFor({ handed, moved: next, singleKeys: true }));
    setTrouble(clash ? { name, why: { kind: 'clash', with: clash } } : null);
    if (!clash) choose({ moved: next });
  };

  const wordsOf = (row: KeyRow): string =>
    `${say(row.text)}${row.arg !== undefined && row.arg > 0 ? ` ${row.arg}` : ''}`;
  const wanted = find.trim().toLocaleLowerCase();
  const rows = movableActs().filter((row) => wordsOf(row).toLocaleLowerCase().includes(wanted));

  return (
    <section className="panel options-block">
      <h2>{say('me.keys')}</h2>
      <p className="mute">{say('me.keysWhat')}</p>
      <label className="radio">
        <input
          type="checkbox"
          data-testid="single-keys"
          checked={singleKeys}
          onChange={(event) => choose({ singleKeys: event.currentTarget.checked })}
        />
        {say('me.singleKeys')}
      </label>
      <div role="group" aria-label={say('me.handed')} className="options-row">
        <span className="options-label">{say('me.handed')}</span>
        {(['right', 'left'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={handed === one} onClick={() => choose({ handed: one })}>
            {say(`me.handed.${one}`)}
          </button>
        ))}
      </div>
      <div className="options-row">
        <input
          type="search"
          className="options-find"
          aria-label={say('me.find')}
          placeholder={say('me.find')}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
        />
        <button type="button" disabled={Object.keys(moved).length === 0} onClick={() => choose({ moved: {} })}>
          {say('me.allBack')}
        </button>
      </div>
      <p role="status" className="mute">
        {taking === null ? '' : say('me.press')}
      </p>
      <div className="options-scroll" role="region" tabIndex={0} aria-label={say('me.keys')}>
        <table className="table key-map" data-testid="key-map">
          <thead>
            <tr>
              <th scope="col">{say('me.act')}</th>
              <th scope="col">{say('me.key')}</th>
              <th scope="col">
                <span className="hidden">{say('me.move')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const name = moveName(row);
              const now = table.find((one) => moveName(one) === name && one.text === row.text) ?? row;
              const isMoved = Object.hasOwn(moved, name);
              return (
                <tr key={name}>
                  <th scope="row">
                    {wordsOf(row)}
                    {trouble?.name === name && (
                      <p className="bad small" role="alert">
                        {trouble.why.kind === 'clash'
                          ? say('me.clash', { act: wordsOf(trouble.why.with) })
                          : say('me.notMovable')}
                      </p>
                    )}
                  </th>
                  <td className="key-map-keys">
                    {now.codes.length === 0 && <span className="mute">{say('me.off')}</span>}
                    {now.codes
                      .filter((code) => !code.startsWith('Numpad'))
                      .map((code) => (
                        <kbd key={code}>
                          {now.shift === true ? 'Shift + ' : ''}
                          {keyLabel(code, layout)}
                        </kbd>
                      ))}
                  </td>
                  <td className="key-map-acts">
                    <button
                      type="button"
                      aria-pressed={taking === name}
                      data-testid={`move-${name}`}
                      aria-label={`${say('me.move')}: ${wordsOf(row)}`}
                      onClick={() => setTaking(taking === name ? null : name)}
                    >
                      {say('me.move')}
                    </button>
                    <button
                      type="button"
                      aria-label={`${say(isMoved ? 'me.keyBack' : 'me.switchOff')}: ${wordsOf(row)}`}
                      onClick={() => put(name, isMoved ? undefined : null)}
                    >
                      {say(isMoved ? 'me.keyBack' : 'me.switchOff')}
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
