// The room's face: pixels in, what the networks say out.
export {
  openDetector,
  type Detector,
  type DetectorOptions,
  type SeeOptions,
  type Seen,
  type SurfaceMap,
} from './detector.ts';
export { headOf, leastSidePx, mostPixels, type Head } from './encoded.ts';
export { cut, frameFromJpeg, greyOf, pixelsOf, stretch, type Frame, type Grey, type PixelBox } from './pixels.ts';
export { judgeQuality, measureExposure, qualityLimits, type Exposure } from './quality.ts';
export { learnReference } from './past-learn.ts';
export { smallLuma, type PastLook } from './past-look.ts';
export { noView, viewAmong, type PastView, type Shown } from './past-compare.ts';
export { mostPackedBytes, packLook, unpackLook } from './past-pack.ts';
export { judgeView, matchView, outlineOf, type Outline, type ViewMatch } from './reference.ts';
export { difference, unlikeness, type Difference } from './difference.ts';
export { followMotion, motionDefaults, type MotionOptions, type MotionStep } from './motion.ts';
export { type Track } from './motion-tracks.ts';
export { overlapOf, sharedArea } from './decode-boxes.ts';
export {
  combine,
  openPlateReader,
  type Combined,
  type PlateFind,
  type PlateReader,
  type PlateSighting,
} from './plates.ts';
