// What a camera can judge, as its page shows it; the browser reckons the same while its zones are drawn.
export { cameraReach, outOfReach } from '../contract.ts';
