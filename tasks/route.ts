// Which agencies get a task, and why in words: owner, rule, akimat, shift lead (domain 3.5). Pure.
import type { Agency, Asset } from '#core/agency';
import type { Zone } from '#core/camera';
import { AhualError } from '#core/errors';
import { distanceM } from '#core/geo';
import { isSeen, severities } from '#core/hazard-name';
import type { AgencyId } from '#core/ids';
import type { Addressee, Incident } from '#core/incident';
import { heldOn, type RoutingRule } from '#core/policy';

/** What routing is decided from; `day` is the local day of the confirmation, YYYY-MM-DD. */
export interface RouteQuestion {
  readonly incident: Pick<Incident, 'hazard' | 'sub' | 'severity' | 'district' | 'point'>;
  readonly zone: Zone | undefined;
  readonly agencies: readonly Agency[];
  readonly assets: readonly Asset[];
  readonly rules: readonly RoutingRule[];
  readonly day: string;
}

export interface Route {
  readonly primary: Addressee;
  readonly copies: readonly Addressee[];
  /** Who is asked next when the primary says that it is not theirs. */
  readonly secondChoice: AgencyId | undefined;
}

/** A registered thing this near is the thing itself, metres. */
const assetWithinM = 5;

/** The rule that matches: lowest priority number first, then the more specific one, then by id. */
export function ruleFor({ incident, zone, rules, day }: RouteQuestion): RoutingRule | undefined {
  const specific = (r: RoutingRule): number =>
    (r.sub ? 4 : 0) + (r.zoneKinds.length > 0 ? 2 : 0) + (r.streetClasses.length > 0 ? 1 : 0) + (r.district ? 1 : 0);
  return rules
    .filter(
      (r) =>
        r.hazard === incident.hazard &&
        heldOn(r, day) &&
        (r.sub === '' || r.sub === incident.sub) &&
        (r.zoneKinds.length === 0 || (zone !== undefined && r.zoneKinds.includes(zone.kind))) &&
        (r.streetClasses.length === 0 || (zone !== undefined && r.streetClasses.includes(zone.streetClass))) &&
        (r.district === undefined || r.district === incident.district) &&
        (r.severityMin === undefined || severities.indexOf(incident.severity) >= severities.indexOf(r.severityMin)),
    )
    .sort((a, b) => a.priority - b.priority || specific(b) - specific(a) || (a.id < b.id ? -1 : 1))[0];
}

/** Covers and gullies have owners; a heap of snow or waste beside a cover is not its owner's. */
const ownedHazards: readonly Incident['hazard'][] = ['open-manhole', 'flooding'];

function ownerOf(q: RouteQuestion, known: (id: string) => boolean): Addressee | undefined {
  if (!ownedHazards.includes(q.incident.hazard)) return undefined;
  const nearest = q.assets
    .filter((a) => heldOn(a, q.day) && known(a.owner))
    .map((asset) => ({ asset, awayM: distanceM(asset.point, q.incident.point) }))
    .filter(({ awayM }) => awayM <= assetWithinM)
    .sort((a, b) => a.awayM - b.awayM)[0];
  if (!nearest) return undefined;
  const { asset, awayM } = nearest;
  return { agencyId: asset.owner, why: `owner of asset ${asset.id}, ${awayM.toFixed(1)} m away` };
}

/** The akimat of a district: its id ends with the district's. */
const akimatOf = (agencies: readonly Agency[], district: string): Agency | undefined =>
  agencies.find((a) => a.kind === 'akimat' && (a.id === `akimat-${district}` || a.id.endsWith(`-${district}`)));

/** A vehicle was seen dumping, so the police get the materials. */
const hasVehicle = ({ hazard, sub }: Pick<Incident, 'hazard' | 'sub'>): boolean =>
  hazard === 'dumping' && sub !== 'heap_only';

/** Routes an incident. `chosen` is an addressee that a person named; it takes the primary's place. Throws ROUTE_MISSING. */
export function route(q: RouteQuestion, chosen?: AgencyId): Route {
  const ids = new Set<string>(q.agencies.map((a) => a.id));
  const known = (id: string): boolean => ids.has(id);
  const rule = ruleFor(q);
  const akimat = akimatOf(q.agencies, q.incident.district);
  const lead = q.agencies.find((a) => a.kind === 'control');
  const police = q.agencies.find((a) => a.kind === 'police');
  // A lamp over a container site is not the cleaners'.
  const zoneOwner = isSeen(q.incident.hazard) ? q.zone?.owner : undefined;

  const candidates: (Addressee | undefined)[] = [
    chosen && known(chosen) ? { agencyId: chosen, why: 'chosen by a person' } : undefined,
    ownerOf(q, known),
    zoneOwner && known(zoneOwner)
      ? { agencyId: zoneOwner, why: 'owner of the place, by the camera’s zone' }
      : undefined,
    rule && known(rule.primary) ? { agencyId: rule.primary, why: `rule ${rule.id}` } : undefined,
    akimat ? { agencyId: akimat.id, why: 'no rule fits: the district akimat' } : undefined,
    lead ? { agencyId: lead.id, why: 'no rule and no akimat fit: the shift lead' } : undefined,
  ];
  if (chosen && !known(chosen)) {
    throw new AhualError('ROUTE_MISSING', `there is no agency ${chosen}.`, 'Choose one from the list.', {
      agencyId: chosen,
    });
  }
  const primary = candidates.find((c) => c !== undefined);
  if (!primary) {
    const { hazard, district } = q.incident;
    throw new AhualError(
      'ROUTE_MISSING',
      `no agency is named for ${hazard} in ${district}.`,
      'Add a rule to routing.csv, or a district akimat to agencies.csv.',
      { hazard, district },
    );
  }
  const copies: Addressee[] = [
    ...(rule?.copy ?? []).map((agencyId) => ({ agencyId, why: `copy by rule ${rule?.id ?? ''}` })),
    ...(hasVehicle(q.incident) && police ? [{ agencyId: police.id, why: 'a vehicle was seen: the police' }] : []),
    ...(akimat ? [{ agencyId: akimat.id, why: 'the district akimat is always told' }] : []),
    ...(q.incident.severity === 'S4' && lead ? [{ agencyId: lead.id, why: 'critical: the shift lead' }] : []),
  ];
  const seen = new Set<string>([primary.agencyId]);
  const others = copies.filter(({ agencyId }) => {
    if (seen.has(agencyId) || !known(agencyId)) return false;
    seen.add(agencyId);
    return true;
  });
  const second = rule?.secondChoice ?? akimat?.id;
  return { primary, copies: others, secondChoice: second === primary.agencyId ? akimat?.id : second };
}
