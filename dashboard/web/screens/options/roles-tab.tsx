// The eleven roles and what each may do: the table by which the server decides, shown as it is.
import { roles } from '#core/person';
import { routes } from '../../../contract.ts';
import { call } from '../../net/api.ts';
import { Failure, Waiting } from '../../parts/panel-state.tsx';
import { useLoad } from '../../parts/use-load.ts';
import { useSay } from '../../parts/words.ts';
import { isTextKey } from '../../texts/index.ts';

export function RolesTab() {
  const say = useSay();
  const [loaded, reload] = useLoad('roles', (signal) => call(routes.roleTable, { signal }));
  if (loaded.kind === 'failed') return <Failure why={loaded.why} code={loaded.code} onAgain={reload} />;
  if (loaded.kind === 'loading') return <Waiting what="options.waiting" />;
  const { permissions, people, factorRoles } = loaded.value;
  const wordsOf = (permission: string): string => {
    const key = `may.${permission}`;
    return isTextKey(key) ? say(key) : permission;
  };
  return (
    <section className="panel options-block role-table">
      <p className="mute">{say('roles.what')}</p>
      <div className="role-scroll" role="region" tabIndex={0} aria-label={say('options.roles')}>
        <table className="table" data-testid="role-table">
          <thead>
            <tr>
              <th scope="col">{say('roles.act')}</th>
              {roles.map((role) => (
                <th key={role} scope="col">
                  <span className="role-name">{say(`role.${role}`)}</span>
                  <span className="mute num" title={say('roles.people', { n: people[role] ?? 0 })}>
                    {people[role] ?? 0}
                    <span className="hidden"> {say('roles.people', { n: people[role] ?? 0 })}</span>
                  </span>
                  {factorRoles.includes(role) && <span className="chip">{say('roles.factor')}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {permissions.map((row) => (
              <tr key={row.permission}>
                <th scope="row">{wordsOf(row.permission)}</th>
                {roles.map((role) => {
                  const isHeld = row.roles.includes(role);
                  return (
                    <td key={role} className={isHeld ? 'role-may' : 'role-may-not'}>
                      <span aria-hidden="true">{isHeld ? '●' : '–'}</span>
                      <span className="hidden">{say(isHeld ? 'roles.may' : 'roles.mayNot')}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
