// Where things are: points, districts, street classes, kinds of places.
import { z } from 'zod';

export const districtIds = ['almaty', 'baiqonyr', 'esil', 'nura', 'saraishyq', 'saryarqa'] as const;
export const DistrictId = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes');
export type DistrictId = z.infer<typeof DistrictId>;

/** WGS 84; longitude first in GeoJSON, named here so that nobody has to remember. */
export const Point = z.object({
  lon: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
});
export type Point = z.infer<typeof Point>;

/** Street classes of ST RK 1912-2023 as the city publishes them (А, Б, В, Г, Д, Е), `yard` and `none` beside them. */
export const streetClasses = ['A', 'B', 'V', 'G', 'D', 'E', 'yard', 'none'] as const;
export const StreetClass = z.enum(streetClasses);
export type StreetClass = z.infer<typeof StreetClass>;
