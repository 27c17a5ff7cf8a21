// The room's face: pixels in, what the networks say out.
export { openDetector, type Detector, type DetectorOptions, type SeeOptions, type Seen } from './detector.ts';
export { cut, frameFromJpeg, greyOf, stretch, type Frame, type Grey, type PixelBox } from './pixels.ts';
export { judgeQuality, measureExposure, qualityLimits, type Exposure } from './quality.ts';
export { judgeView, matchView, outlineOf, type Outline, type ViewMatch } from './reference.ts';
export { difference, unlikeness, type Difference } from './difference.ts';
export { followMotion, motionDefaults, type MotionOptions, type MotionStep, type Track } from './motion.ts';
export { overlapOf, sharedArea } from './decode-boxes.ts';
