// A new installation is walked from the city's outline to the first seat (screens 4.8): a list of what is there and what is missing,
// which is gone when nothing is, and which stops nobody.
import { routes, type FirstStep, type FirstSteps as Told } from '../../contract.ts';
import { call } from '../net/api.ts';
import { hashOf } from '../route.ts';
import { Sign } from './mark.tsx';
import { useLoad } from './use-load.ts';
import { useKnown, useSay } from './words.ts';
import '../style/first-steps.css';

/** What is told of the first steps; undefined for who does not see them, and while it is not known. */
function useFirstSteps(): Told | undefined {
  const may = useKnown((state) => state.me?.permissions.includes('see-system') === true);
  const [loaded] = useLoad(may ? 'first steps' : null, (signal) => call(routes.firstSteps, { signal }), {
    everyMs: 60_000,
  });
  return loaded.kind === 'here' ? loaded.value : undefined;
}

/** Where a step is made; null: on the server, or nowhere yet. */
function placeOf({ step, cameraId }: FirstStep): string | null {
  switch (step) {
    case 'outline':
      return null;
    case 'camera':
      return hashOf('options', 'import');
    case 'picture':
    case 'zone':
      // Before there is a camera there is nothing to go to.
      return cameraId === null ? null : hashOf('camera', cameraId);
    case 'agency':
      return hashOf('options', 'places');
    case 'crew':
    case 'operator':
      return hashOf('options', 'people');
    case 'seat':
      return hashOf('desk');
  }
}

/** The whole list, where something of it is missing. */
export function FirstSteps() {
  const say = useSay();
  const told = useFirstSteps();
  if (!told || told.steps.every(({ done }) => done)) return null;
  const next = told.steps.find(({ done }) => !done)?.step;
  return (
    <section className="panel first-steps" aria-label={say('first.title')} data-testid="first-steps">
      <h2 className="panel-head">
        {say('first.title')}{' '}
        <span className="mute num">
          {say('first.done', { k: told.steps.filter(({ done }) => done).length, n: told.steps.length })}
        </span>
      </h2>
      <p className="mute">{say('first.what')}</p>
      <ol>
        {told.steps.map((one) => (
          <Step key={one.step} one={one} isNext={one.step === next} />
        ))}
      </ol>
    </section>
  );
}

function Step({ one, isNext }: { one: FirstStep; isNext: boolean }) {
  const say = useSay();
  const permissions = useKnown((state) => state.me?.permissions) ?? [];
  const { step, done, n, needs, roles } = one;
  const place = placeOf(one);
  const mine = needs !== null && permissions.includes(needs);
  const command = step === 'picture' ? `ahual cameras probe ${one.cameraId ?? ''}`.trim() : 'ahual.yml, city.folder';
  return (
    <li data-step={step} data-done={done} aria-current={isNext ? 'step' : undefined}>
      <Sign of={done ? 'done' : 'unknown'} size={26} colour={isNext ? 'high' : 'mute'} />
      <div>
        <b>{say(`first.step.${step}`)}</b>{' '}
        <span className="mute num">{done ? say('first.there', { n }) : say('first.missing')}</span>
        {!done && (
          <p>
            {say(`first.how.${step}`, { command })}{' '}
            {mine ? (
              <>
                {place !== null && <a href={place}>{say('first.go')}</a>}
                {step === 'camera' && (
                  <>
                    {' · '}
                    <a href={hashOf('options', 'places')}>{say('first.byHand')}</a>
                  </>
                )}
              </>
            ) : (
              needs !== null && (
                <span className="mute">
                  {say('first.who', { roles: roles.map((role) => say(`role.${role}`)).join(', ') })}
                </span>
              )
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** One line that leads to the list, for screens on which there is nothing to see yet. */
export function FirstStepsPointer() {
  const say = useSay();
  const told = useFirstSteps();
  const left = told?.steps.filter(({ done }) => !done).length ?? 0;
  if (left === 0) return null;
  return (
    <p className="first-pointer" data-testid="first-pointer">
      {say('first.left', { n: left })} <a href={hashOf('options', 'me')}>{say('first.open')}</a>
    </p>
  );
}
