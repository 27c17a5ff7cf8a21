// Options (screens 4.8): everything that is set by people, in tabs; whoever may not see a tab does not have it.
import '../../style/options.css';
import { lazy, Suspense, useRef, type KeyboardEvent } from 'react';
import type { Permission } from '../../../contract.ts';
import { FirstSteps } from '../../parts/first-steps.tsx';
import { KeyBar } from '../../parts/frame.tsx';
import { Waiting } from '../../parts/panel-state.tsx';
import { useKeys } from '../../parts/use-keys.ts';
import { useKnown, useSay } from '../../parts/words.ts';
import { hashOf } from '../../route.ts';
import { LogTab } from './log-tab.tsx';
import { MeTab } from './me-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { RolesTab } from './roles-tab.tsx';

const PlacesTab = lazy(async () => ({ default: (await import('./places/places-tab.tsx')).PlacesTab }));
const ImportTab = lazy(async () => ({ default: (await import('./import-tab.tsx')).ImportTab }));
const ModelsTab = lazy(async () => ({ default: (await import('./models-tab.tsx')).ModelsTab }));
const KeepingTab = lazy(async () => ({ default: (await import('./keeping-tab.tsx')).KeepingTab }));
const SystemScreen = lazy(async () => ({ default: (await import('../system/system-screen.tsx')).SystemScreen }));

const tabs = ['me', 'people', 'roles', 'places', 'import', 'models', 'keeping', 'log', 'health'] as const;
type Tab = (typeof tabs)[number];

/** A tab is there for who holds one of these. */
const needs: Readonly<Record<Tab, readonly Permission[]>> = {
  me: ['be-signed-in'],
  people: ['see-people'],
  roles: ['see-people'],
  places: ['edit-cameras', 'edit-agencies', 'edit-routing'],
  import: ['edit-cameras'],
  models: ['see-system'],
  keeping: ['see-system'],
  log: ['be-signed-in'],
  health: ['see-system'],
};

export function OptionsScreen({ openId, query }: { openId?: string | undefined; query: ReadonlyMap<string, string> }) {
  const say = useSay();
  const permissions = useKnown((state) => state.me?.permissions) ?? [];
  const mine = tabs.filter((tab) => needs[tab].some((need) => permissions.includes(need)));
  const open = mine.find((tab) => tab === openId) ?? 'me';
  const list = useRef<HTMLElement>(null);

  const step = (by: number): void => {
    const next = mine[(mine.indexOf(open) + by + mine.length) % mine.length];
    if (next !== undefined) location.hash = hashOf('options', next);
  };
  useKeys('options', { tab: (row) => step(row.arg ?? 0) });

  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    step(event.key === 'ArrowRight' ? 1 : -1);
    // The new tab's link is there already; only its mark moves.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-current]')?.focus());
  };

  return (
    <>
      <nav className="options-tabs" aria-label={say('options.tabs')} ref={list} onKeyDown={onKey}>
        {mine.map((tab) => (
          <a
            key={tab}
            href={hashOf('options', tab)}
            aria-current={tab === open ? 'page' : undefined}
            data-testid={`tab-${tab}`}
          >
            {say(`options.${tab}`)}
          </a>
        ))}
      </nav>
      {open === 'health' ? (
        <Suspense fallback={<Waiting what="options.waiting" />}>
          <SystemScreen />
        </Suspense>
      ) : (
        <>
          <main className={`options page options-${open}`} data-testid={`options-${open}`}>
            <h1 className="hidden">
              {say('screen.options')}: {say(`options.${open}`)}
            </h1>
            {open === 'me' && <FirstSteps />}
            {open === 'me' && <MeTab />}
            {open === 'people' && <PeopleTab personId={query.get('who')} />}
            {open === 'roles' && <RolesTab />}
            {open === 'log' && <LogTab about={query.get('about')} />}
            {open === 'import' && (
              <Suspense fallback={<Waiting what="options.waiting" />}>
                <ImportTab />
              </Suspense>
            )}
            {open === 'models' && (
              <Suspense fallback={<Waiting what="options.waiting" />}>
                <ModelsTab />
              </Suspense>
            )}
            {open === 'keeping' && (
              <Suspense fallback={<Waiting what="options.waiting" />}>
                <KeepingTab />
              </Suspense>
            )}
            {open === 'places' && (
              <Suspense fallback={<Waiting what="options.waiting" />}>
                <PlacesTab />
              </Suspense>
            )}
          </main>
          <KeyBar place="options" />
        </>
      )}
    </>
  );
}
