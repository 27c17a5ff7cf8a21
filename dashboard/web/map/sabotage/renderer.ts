// WebGL whatever draws it, so that `ahual bench map` can be shown to notice (measure 9). Only a build of the bench knows this file.
import * as right from '../renderer.ts';

export const { rendererClass, rendererName } = right;

export const wayHere = (): 'canvas' | 'webgl' =>
  new URLSearchParams(location.search).get('sabotage') === 'webgl-in-software' ? 'webgl' : right.wayHere();
