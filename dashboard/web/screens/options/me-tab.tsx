// My own: language, size, colours, sound, keys, and how I sign in.
import { useStore } from 'zustand';
import { languages } from '#core/hazard-name';
import { chosen, choose } from '../../choices.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { armSound, callS3 } from '../../sound.ts';
import { setLanguage } from '../../state.ts';
import { useLimitsWords } from './bounds-choice.tsx';
import { KeyMap } from './key-map.tsx';
import { languageNames } from './language-names.ts';
import { MySecurity } from './my-security.tsx';

const steps = [-2, -1, 0, 1, 2] as const;
const themes = ['dark', 'grey', 'day'] as const;

export function MeTab() {
  const say = useSay();
  const { choices, kept } = useStore(chosen);
  const language = useKnown((state) => state.language);
  const limits = useKnown((state) => state.me?.limits ?? null);
  const limitsWords = useLimitsWords();
  const listen = async (): Promise<void> => {
    await armSound();
    callS3();
  };
  return (
    <div className="options-columns">
      <div className="options-stack">
        {limits && (
          <p className="notice" data-testid="my-limits">
            {limitsWords(limits)}
          </p>
        )}
        <section className="panel options-block">
          <h2>{say('me.view')}</h2>
          <p className="mute">{say('me.viewWhat')}</p>
          <p className="bad" role="status">
            {kept ? '' : say('me.notKept')}
          </p>
          <div role="group" aria-label={say('me.language')} className="options-row">
            <span className="options-label">{say('me.language')}</span>
            {languages.map((one) => (
              <button
                key={one}
                type="button"
                lang={one}
                aria-pressed={one === language}
                onClick={() => setLanguage(one)}
              >
                {languageNames[one]}
              </button>
            ))}
          </div>
          <label className="options-row">
            <span className="options-label">{say('me.textSize')}</span>
            <input
              type="range"
              min={-2}
              max={2}
              step={1}
              data-testid="text-size"
              value={choices.textStep}
              aria-valuetext={say(`me.textStep.${steps.find((step) => step === choices.textStep) ?? 0}`)}
              onChange={(event) => choose({ textStep: Number(event.currentTarget.value) })}
            />
            <span className="mute">{say(`me.textStep.${steps.find((step) => step === choices.textStep) ?? 0}`)}</span>
          </label>
          <div role="group" aria-label={say('me.theme')} className="options-row">
            <span className="options-label">{say('me.theme')}</span>
            {themes.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={choices.theme === one}
                data-testid={`theme-${one}`}
                onClick={() => choose({ theme: one })}
              >
                {say(`me.theme.${one}`)}
              </button>
            ))}
          </div>
          <h2>{say('me.sound')}</h2>
          <label className="options-row">
            <span className="options-label">{say('me.volume')}</span>
            <input
              type="range"
              min={0}
              max={100}
              step={5}
              value={Math.round(choices.soundVolume * 100)}
              onChange={(event) => choose({ soundVolume: Number(event.currentTarget.value) / 100 })}
            />
            <span className="num mute">{Math.round(choices.soundVolume * 100)} %</span>
            <button type="button" onClick={() => void listen()}>
              {say('me.listen')}
            </button>
          </label>
        </section>
        <KeyMap />
      </div>
      <MySecurity />
    </div>
  );
}
