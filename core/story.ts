// What a watched zone saw of one vehicle, from its coming to what it left behind.
import { z } from 'zod';
import { Box } from './detection.ts';

export const Story = z.object({
  zoneId: z.string(),
  /** When somebody came into the zone and was gone again; between two sightings their middle is taken. */
  cameAtMs: z.number(),
  leftAtMs: z.number().nullable(),
  /** Longest time that the vehicle stood still inside the zone. */
  stoppedS: z.number().min(0),
  /** The best score of a raised body while it was there, 0..1. */
  raisedScore: z.number().min(0).max(1),
  raisedAtMs: z.number().nullable(),
  /** What kind of vehicle the detector took it for, with its best score. */
  vehicle: z.object({ class: z.string(), score: z.number(), box: Box }).nullable(),
  /** People on foot beside the standing vehicle. */
  peopleBeside: z.boolean(),
  /** Share of the zone that differs, light-normalised, between the picture before it came and after it left. */
  newShare: z.number().min(0).max(1),
  newBox: Box.nullable(),
  /** Best score of heap or sacks in the zone before and after. */
  heapBefore: z.number().min(0).max(1),
  heapAfter: z.number().min(0).max(1),
  /** How unlike the ground under that heap is to what it was, 0 alike to 1: a small heap in a large zone shows here only. */
  heapChange: z.number().min(0).max(1),
  /** Content hashes of the stills: before, came, at work, after. */
  stills: z.object({
    before: z.string().nullable(),
    came: z.string().nullable(),
    acting: z.string().nullable(),
    after: z.string().nullable(),
  }),
});
export type Story = z.infer<typeof Story>;

/** The calm word of a watched zone, given every few seconds: how much lies there now against the clean reference. */
export const WatchBeat = z.object({
  zoneId: z.string(),
  heapScore: z.number().min(0).max(1),
  newShare: z.number().min(0).max(1),
  hiddenShare: z.number().min(0).max(1),
  heapBox: Box.nullable(),
});
export type WatchBeat = z.infer<typeof WatchBeat>;
