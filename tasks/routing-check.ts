// Gaps in the city's dated rows, found when they are loaded and not at three in the morning. Pure.
import type { Agency, Asset } from '#core/agency';
import { isSeen, issueNames, severities } from '#core/hazard-name';
import { streetClasses } from '#core/place';
import { heldOn, type Policy, type RoutingRule } from '#core/policy';
import { issues, policyFor } from '#hazards';

/** One fault: the row it is in, what is wrong and the cure. A warning may stand, an error must not. */
export interface RuleFault {
  readonly weight: 'error' | 'warning';
  readonly row: string;
  readonly what: string;
  readonly cure: string;
}

export interface RuleTables {
  readonly agencies: readonly Agency[];
  readonly assets: readonly Asset[];
  readonly rules: readonly RoutingRule[];
  readonly policies: readonly Policy[];
  readonly districts: readonly string[];
  /** The local day for which the tables must be whole, YYYY-MM-DD. */
  readonly day: string;
}

/** All faults of the tables together: unknown or duty-less agencies, rules that never match, hazards without a way or a term. */
export function checkRules(t: RuleTables): RuleFault[] {
  return [...agencyFaults(t), ...ruleFaults(t), ...assetFaults(t), ...coverFaults(t), ...termFaults(t)];
}

/** The city's files as they are loaded: tables and the map of districts. */
export interface CityTables extends Omit<RuleTables, 'rules' | 'districts' | 'day'> {
  readonly routing: readonly RoutingRule[];
  readonly districts: { readonly features: readonly { readonly properties: { readonly id: string } }[] };
}

/**
 * Why the city's files cannot be loaded, one line a fault; empty when they can. They must be whole on the day from which the
 * newest row holds.
 */
export function checkRouting({ routing, districts, ...tables }: CityTables): string[] {
  const days = [...routing, ...tables.policies].map((row) => row.validFrom).sort();
  const faults = checkRules({
    ...tables,
    rules: routing,
    districts: districts.features.map((feature) => feature.properties.id),
    day: days.at(-1) ?? '1970-01-01',
  });
  return faults.filter((f) => f.weight === 'error').map((f) => `${f.row} ${f.what}. ${f.cure}`);
}

const error = (row: string, what: string, cure: string): RuleFault => ({ weight: 'error', row, what, cure });
const warning = (row: string, what: string, cure: string): RuleFault => ({ weight: 'warning', row, what, cure });

const twice = (ids: readonly string[]): string[] => [...new Set(ids.filter((id, n) => ids.indexOf(id) !== n))];

function agencyFaults({ agencies, districts }: RuleTables): RuleFault[] {
  const akimats = new Set(agencies.filter((a) => a.kind === 'akimat').map((a): string => a.id));
  return [
    ...twice(agencies.map((a) => a.id)).map((id) => error(`agency ${id}`, 'is listed twice', 'Keep one row.')),
    ...agencies
      .filter((a) => a.duty.trim() === '')
      .map((a) => error(`agency ${a.id}`, 'has no duty contact', 'Name who answers at night and on days off.')),
    ...agencies
      .filter((a) => a.ways.includes('email') && !a.email)
      .map((a) =>
        error(`agency ${a.id}`, 'is reached by e-mail but has no address', 'Add the address or take the way out.'),
      ),
    ...agencies
      .filter((a) => a.ways.includes('webhook') && !a.webhook)
      .map((a) =>
        error(`agency ${a.id}`, 'is reached by webhook but has no address', 'Add the address or take the way out.'),
      ),
    ...districts
      .filter((d) => ![...akimats].some((id) => id === `akimat-${d}` || id.endsWith(`-${d}`)))
      .map((d) =>
        warning(`district ${d}`, 'has no akimat', `Add the agency akimat-${d}: what no rule fits goes to it.`),
      ),
  ];
}

function ruleFaults({ agencies, rules, districts }: RuleTables): RuleFault[] {
  const known = new Map(agencies.map((a): [string, Agency] => [a.id, a]));
  const faults: RuleFault[] = twice(rules.map((r) => r.id)).map((id) =>
    error(`rule ${id}`, 'is listed twice', 'Give each rule its own id.'),
  );
  for (const rule of rules) {
    const row = `rule ${rule.id}`;
    for (const id of [rule.primary, ...rule.copy, ...(rule.secondChoice ? [rule.secondChoice] : [])]) {
      const agency = known.get(id);
      if (!agency)
        faults.push(
          error(row, `names the agency ${id}, which is not in the list`, 'Add it to agencies.csv or correct the rule.'),
        );
      else if (agency.duty.trim() === '') {
        faults.push(error(row, `leads to ${id}, which has no duty contact`, 'Name who answers there at night.'));
      }
    }
    if (rule.sub && !issues[rule.hazard].subs.includes(rule.sub)) {
      faults.push(
        error(
          row,
          `names the subtype ${rule.sub}, which ${rule.hazard} does not have`,
          `Use one of: ${issues[rule.hazard].subs.join(', ')}.`,
        ),
      );
    }
    if (rule.district && !districts.includes(rule.district)) {
      faults.push(
        error(row, `names the district ${rule.district}, which does not exist`, `Use one of: ${districts.join(', ')}.`),
      );
    }
    if (rule.validTo !== undefined && rule.validTo < rule.validFrom) {
      faults.push(error(row, 'ends before it begins', 'Correct valid_from or valid_to.'));
    }
  }
  return faults;
}

const assetFaults = ({ agencies, assets }: RuleTables): RuleFault[] =>
  assets
    .filter((asset) => !agencies.some((a) => a.id === asset.owner))
    .map((asset) =>
      error(
        `asset ${asset.id}`,
        `belongs to ${asset.owner}, which is not in the list`,
        'Add it to agencies.csv or correct the owner.',
      ),
    );

/** Hazards for which a confirmation would find nobody. */
function coverFaults({ agencies, rules, districts, day }: RuleTables): RuleFault[] {
  const hasLead = agencies.some((a) => a.kind === 'control');
  return issueNames.flatMap((hazard) =>
    districts
      .filter((district) => {
        const covered = rules.some(
          (r) =>
            r.hazard === hazard &&
            heldOn(r, day) &&
            r.sub === '' &&
            r.zoneKinds.length === 0 &&
            r.streetClasses.length === 0 &&
            r.severityMin === undefined &&
            (r.district === undefined || r.district === district),
        );
        return !covered;
      })
      .map((district) => {
        const what = `has no rule for ${hazard} that fits every place`;
        const cure = 'Add a rule without sub, zone_kinds and street_classes.';
        const rescued = hasLead || agencies.some((a) => a.kind === 'akimat' && a.id.endsWith(district));
        return rescued ? warning(`district ${district}`, what, cure) : error(`district ${district}`, what, cure);
      }),
  );
}

/** Hazards and severities for which no deadline could be given. */
function termFaults({ policies, day }: RuleTables): RuleFault[] {
  const faults: RuleFault[] = twice(policies.map((p) => p.id)).map((id) =>
    error(`policy ${id}`, 'is listed twice', 'Give each policy its own id.'),
  );
  for (const policy of policies) {
    if (policy.sub && !issues[policy.hazard].subs.includes(policy.sub)) {
      faults.push(
        error(
          `policy ${policy.id}`,
          `names the subtype ${policy.sub}, which ${policy.hazard} does not have`,
          `Use one of: ${issues[policy.hazard].subs.join(', ')}.`,
        ),
      );
    }
    if (policy.acceptH > policy.fixH) {
      faults.push(error(`policy ${policy.id}`, 'gives longer to accept than to fix', 'Correct accept_h or fix_h.'));
    }
  }
  for (const hazard of issueNames) {
    for (const streetClass of streetClasses) {
      const given = severities.some((severity) => policyFor(policies, { hazard, sub: '', severity, streetClass }, day));
      if (!given) {
        // A city whose tables are older than the tree of issues runs on; its operators are told when they open one.
        const weigh = isSeen(hazard) ? error : warning;
        const what = `has no term for streets of class ${streetClass}`;
        faults.push(weigh(`hazard ${hazard}`, what, 'Add a row to policies.csv.'));
      }
    }
  }
  return faults;
}
