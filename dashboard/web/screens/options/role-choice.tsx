// The eleven roles to choose from, and the agency where a role needs one; what does not go together is said at once.
import { roles, type Role } from '#core/person';
import { rolesFault, type BoundsWish, type People } from '../../../contract.ts';
import { useFormat, useSay } from '../../parts/words.ts';

export interface Access {
  readonly roles: readonly Role[];
  readonly agencyId: string | null;
  readonly bounds: BoundsWish | null;
}

const ofAgency = (role: Role): boolean => role === 'agency_user' || role === 'agency_head';

export function RoleChoice({
  access,
  agencies,
  factorRoles,
  onChange,
}: {
  access: Access;
  agencies: People['agencies'];
  factorRoles: People['factorRoles'];
  onChange: (access: Access) => void;
}) {
  const say = useSay();
  const format = useFormat();
  const fault = access.roles.length === 0 ? undefined : rolesFault(access.roles, access.agencyId);
  const toggle = (role: Role): void => {
    const next = access.roles.includes(role) ? access.roles.filter((one) => one !== role) : [...access.roles, role];
    onChange({ ...access, roles: next, agencyId: next.some(ofAgency) ? access.agencyId : null });
  };
  return (
    <fieldset className="role-choice">
      <legend>{say('people.roles')}</legend>
      <div className="role-boxes">
        {roles.map((role) => (
          <label key={role} className="radio">
            <input
              type="checkbox"
              checked={access.roles.includes(role)}
              data-testid={`role-${role}`}
              onChange={() => toggle(role)}
            />
            {say(`role.${role}`)}
            {factorRoles.includes(role) && <span className="chip">{say('roles.factor')}</span>}
          </label>
        ))}
      </div>
      {access.roles.some(ofAgency) && (
        <label>
          {say('people.agency')}
          <select
            value={access.agencyId ?? ''}
            onChange={(event) => onChange({ ...access, agencyId: event.currentTarget.value || null })}
          >
            <option value="">{say('people.noAgency')}</option>
            {agencies.map(({ id, name }) => (
              <option key={id} value={id}>
                {format.pick(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <p className="bad" role="status">
        {fault ? say(`rolesFault.${fault}`) : ''}
      </p>
    </fieldset>
  );
}
