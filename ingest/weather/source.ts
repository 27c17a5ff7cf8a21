// The WeatherSource contract: asked for places, answers with readings. Tries once; retrying belongs to the caller.
import type { DistrictId, Point } from '#core/place';
import type { Weather } from '#core/weather';

export interface WeatherPlace {
  readonly district: DistrictId;
  readonly point: Point;
}

export interface WeatherSource {
  readonly name: string;
  /** Readings of the last hours and now, by district, oldest first. Throws when the service does not answer as agreed. */
  read(places: readonly WeatherPlace[], signal: AbortSignal): Promise<Weather[]>;
}
