// config/demo/cameras.yml, made from the demo scenario and the labels of its clips: the zones are where the pictures have them.
import { Document, isSeq, visit } from 'yaml';
import { inRoot } from '#core/root';
import { listCameras, loadScenario } from '#simulator';

const heading = ` The cameras of the demo city, made by \`ahual docs\` from simulator/scenarios/demo.yml and the labels of its clips.
 Addresses take the simulator's ports from the environment. Zones are in fractions of the picture. Points are ±250 m, not for dispatching.`;

/** Camera and manhole owner of the demo: every registered cover there is of the water and sewer network. */
const coverOwner = 'su-arnasy';

/** The whole text of config/demo/cameras.yml. */
export async function demoCameras(): Promise<string> {
  const rtsp = '127.0.0.1:8554';
  const http = '127.0.0.1:8080';
  const listed = await listCameras(await loadScenario(inRoot('simulator', 'scenarios', 'demo.yml')), { rtsp, http });
  const cameras = listed.map((camera, index) => {
    // One rendition is served: a small stream of its own would only be a second connection. A quarter answers stills over HTTP.
    const { subRtsp, snapshot, ...rest } = camera;
    const answersStills = subRtsp !== undefined && snapshot !== undefined && !camera.watch && index % 4 === 3;
    return {
      ...rest,
      ...(answersStills ? { snapshot } : {}),
      zones: camera.zones.map((zone) => ({
        ...zone,
        // Pavements and stops have a term of their own, whatever the street beside them is.
        ...(zone.kind === 'pavement' || zone.kind === 'stop' ? { streetClass: 'none' } : {}),
        ...(zone.kind === 'manhole' ? { owner: coverOwner } : {}),
      })),
    };
  });
  const document = new Document({ cameras });
  document.commentBefore = heading;
  visit(document, {
    Seq(_key, node) {
      if (
        isSeq(node) &&
        !node.items.some((item) => typeof item === 'object' && item !== null && 'items' in item && !isSeq(item))
      )
        node.flow = true;
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .replaceAll(`rtsp://${rtsp}/`, 'rtsp://${AHUAL_SIMULATOR_RTSP}/')
    .replaceAll(`http://${http}/`, 'http://${AHUAL_SIMULATOR_HTTP}/');
}
