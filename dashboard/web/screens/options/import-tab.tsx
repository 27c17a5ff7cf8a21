// Cameras from a table: choose it, see every faulty row and every change, and only then have it done as it was shown.
import { useRef, useState, type SubmitEvent } from 'react';
import {
  importEncodings,
  importMaxBytes,
  routes,
  type CameraImport,
  type RouteName,
  type TableFault,
} from '../../../contract.ts';
import { faultSentence } from '../../import-faults.ts';
import { upload } from '../../net/upload.ts';
import { TroubleNote } from '../../parts/trouble.tsx';
import { useWindow } from '../../parts/use-window.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import '../../style/import.css';
import { isTextKey } from '../../texts/index.ts';
import { troubleOf, type Trouble } from '../../trouble.ts';

type Stage =
  | { readonly kind: 'choose' }
  | { readonly kind: 'running'; readonly share: number; readonly doing: RouteName }
  | { readonly kind: 'shown'; readonly report: CameraImport };

interface Asked {
  readonly encoding?: (typeof importEncodings)[number];
  readonly ignore?: string;
}

const askedOf = (form: HTMLFormElement): Asked => {
  const data = new FormData(form);
  const encoding = importEncodings.find((one) => one === data.get('encoding'));
  const ignore = data.get('ignore');
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(typeof ignore === 'string' && ignore.trim() !== '' ? { ignore: ignore.trim() } : {}),
  };
};

export function ImportTab() {
  const say = useSay();
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState<Asked>({});
  const [stage, setStage] = useState<Stage>({ kind: 'choose' });
  const [trouble, setTrouble] = useState<Trouble | string>('');
  const report = stage.kind === 'shown' ? stage.report : null;
  const busy = stage.kind === 'running';

  async function run(
    doing: 'tryImport' | 'doImport',
    work: (onShare: (share: number) => void) => Promise<CameraImport>,
  ) {
    const before = stage;
    setTrouble('');
    setStage({ kind: 'running', share: 0, doing });
    try {
      const made = await work((share) => setStage({ kind: 'running', share, doing }));
      setStage({ kind: 'shown', report: made });
    } catch (thrown) {
      setTrouble(troubleOf(thrown));
      setStage(before);
    }
  }

  const tryIt = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (file === null) {
      setTrouble(say('import.noFile'));
      return;
    }
    if (file.size > importMaxBytes) {
      setTrouble(say('import.large', { n: importMaxBytes / 2 ** 20 }));
      return;
    }
    const wish = askedOf(event.currentTarget);
    setAsked(wish);
    void run('tryImport', (onShare) => upload(routes.tryImport, file, wish, onShare));
  };
  const doIt = (skipBad: boolean): void => {
    if (file === null || report === null) return;
    const query = { ...asked, digest: report.digest, ...(skipBad ? { skipBad: '1' as const } : {}) };
    void run('doImport', (onShare) => upload(routes.doImport, file, query, onShare));
  };

  return (
    <div className="import">
      <form className="panel options-block form" onSubmit={tryIt}>
        <h2>{say('import.title')}</h2>
        <p className="mute">{say('import.what', { n: importMaxBytes / 2 ** 20 })}</p>
        <div className="options-fields">
          <label>
            {say('import.file')}
            <input
              type="file"
              accept=".csv,text/csv,text/plain"
              data-testid="import-file"
              disabled={busy}
              onChange={(event) => {
                setFile(event.currentTarget.files?.[0] ?? null);
                setStage({ kind: 'choose' });
                setTrouble('');
              }}
            />
          </label>
          <label>
            {say('import.encoding')}
            <select name="encoding" disabled={busy}>
              <option value="">{say('import.encoding.auto')}</option>
              {importEncodings.map((one) => (
                <option key={one} value={one}>
                  {one.toUpperCase()}
                </option>
              ))}
            </select>
          </label>
          <label>
            {say('import.ignore')}
            <input name="ignore" maxLength={1000} autoComplete="off" disabled={busy} />
          </label>
        </div>
        <TroubleNote trouble={trouble} testId="import-trouble" />
        <div className="options-row">
          <button type="submit" className="act act-strong" disabled={busy} data-testid="import-try">
            {say('import.try')}
          </button>
        </div>
      </form>
      {stage.kind === 'running' && <Running share={stage.share} doing={stage.doing} />}
      {report && <Report key={`${report.digest} ${String(report.written)}`} report={report} onDo={doIt} />}
    </div>
  );
}

function Running({ share, doing }: { share: number; doing: RouteName }) {
  const say = useSay();
  const words =
    share < 1
      ? say('import.sending', { n: Math.round(share * 100) })
      : say(doing === 'tryImport' ? 'import.comparing' : 'import.writing');
  return (
    <section className="panel options-block" data-testid="import-running">
      <p role="status">{words}</p>
      <progress aria-label={words} max={1} {...(share < 1 ? { value: share } : {})} />
    </section>
  );
}

const parts = ['faults', 'warnings', 'added', 'changed', 'missing'] as const;
type Part = (typeof parts)[number];

function Report({ report, onDo }: { report: CameraImport; onDo: (skipBad: boolean) => void }) {
  const say = useSay();
  const [skipBad, setSkipBad] = useState(false);
  const sizes = useRef(parts.map((part) => [part, report[part].length] as const)).current;
  const [part, setPart] = useState<Part>(sizes.find(([, n]) => n > 0)?.[0] ?? 'changed');
  const faulty = report.faults.length > 0;
  const changes = report.added.length + report.changed.length;
  const slots = { added: report.added.length, changed: report.changed.length, same: report.unchanged };
  return (
    <section className="panel options-block import-report" data-testid="import-report">
      <h2>{say(report.written ? 'import.done' : 'import.shown', { file: report.file })}</h2>
      <p role="status" data-testid="import-sum">
        {say(report.written ? 'import.wrote' : 'import.would', slots)}{' '}
        {faulty && say('import.faulty', { n: report.faults.length })}
      </p>
      <div className="options-row" role="group" aria-label={say('import.parts')}>
        {sizes.map(([one, n]) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === part}
            disabled={n === 0}
            data-testid={`import-${one}`}
            onClick={() => setPart(one)}
          >
            {say(`import.${one}`, { n })}
          </button>
        ))}
      </div>
      {sizes.some(([, n]) => n > 0) && <Rows key={part} part={part} report={report} />}
      {!report.written && changes > 0 && (
        <>
          {faulty && (
            <label className="import-check">
              <input
                type="checkbox"
                checked={skipBad}
                data-testid="import-skip"
                onChange={(event) => setSkipBad(event.currentTarget.checked)}
              />
              {say('import.skip', { n: report.faults.length })}
            </label>
          )}
          <div className="options-row">
            <button
              type="button"
              className="act act-strong"
              disabled={faulty && !skipBad}
              data-testid="import-do"
              onClick={() => onDo(skipBad)}
            >
              {say('import.do', { n: changes })}
            </button>
            {faulty && !skipBad && <span className="mute">{say('import.doWhen')}</span>}
          </div>
        </>
      )}
      {!report.written && changes === 0 && !faulty && <p className="mute">{say('import.nothing')}</p>}
    </section>
  );
}

interface Line {
  readonly key: string;
  readonly where: string;
  readonly what: string;
}

function useLines(report: CameraImport, part: Part): Line[] {
  const say = useSay();
  const ofFault = (fault: TableFault, i: number): Line => {
    const found = faultSentence(fault.what);
    const key = `import.fault.${found?.key ?? ''}`;
    const known = isTextKey(key);
    const where = fault.line === 0 ? '' : say('import.line', { n: fault.line });
    const value = fault.value === null || fault.value === '' ? '' : `«${fault.value}»`;
    return {
      key: `${fault.line} ${i}`,
      where: [where, fault.column ?? '', value].filter((text) => text !== '').join(' · '),
      what: known
        ? say(key, { value: fault.value ?? '', ...found?.slots })
        : say('import.fault.other', { words: `${fault.what}. ${fault.cure}` }),
    };
  };
  if (part === 'faults' || part === 'warnings') return report[part].map(ofFault);
  if (part === 'changed') {
    const cell = (text: string): string => (text === '' ? '–' : text);
    return report.changed.map(({ id, cells }) => ({
      key: id,
      where: id,
      what: cells.map(({ column, before, after }) => `${column}: ${cell(before)} → ${cell(after)}`).join(' · '),
    }));
  }
  return report[part].map((id) => ({ key: id, where: id, what: '' }));
}

const rowRem = 3.4;

function Rows({ report, part }: { report: CameraImport; part: Part }) {
  const say = useSay();
  const textStep = useKnown((state) => state.textStep);
  const lines = useLines(report, part);
  const base = globalThis.innerWidth <= 1500 ? 16 : 18;
  const rowPx = Math.round(rowRem * (base + textStep * 2));
  const { box, from, to, abovePx, belowPx } = useWindow(lines.length, rowPx);
  return (
    <>
      {part === 'missing' && <p className="mute">{say('import.missingStay')}</p>}
      <div
        className="import-rows"
        ref={box}
        role="region"
        tabIndex={0}
        aria-label={say(`import.${part}`, { n: lines.length })}
        data-testid="import-rows"
      >
        <div style={{ height: abovePx }} />
        <ul>
          {lines.slice(from, to).map((line) => (
            <li key={line.key} style={{ height: rowPx }} title={line.what}>
              <b className="cut num">{line.where}</b>
              <span className="import-what">{line.what}</span>
            </li>
          ))}
        </ul>
        <div style={{ height: belowPx }} />
      </div>
    </>
  );
}
