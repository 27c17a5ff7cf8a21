// Cameras that the simulated city has none of: H.265 and motion JPEG, by GStreamer's RTSP server where this machine has it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const python = '/usr/bin/python3';

/** A key frame each second; the picture moves, so that it can be seen to advance. */
const streams = {
  h265: 'x265enc speed-preset=ultrafast tune=zerolatency key-int-max=10 ! rtph265pay name=pay0 config-interval=1',
  mjpeg: 'jpegenc ! rtpjpegpay name=pay0',
} as const;

const script = `
import gi, sys
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service('0')
for given in sys.argv[1:]:
    name, line = given.split('=', 1)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch('( videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=10/1 ! ' + line + ' )')
    factory.set_shared(True)
    server.get_mount_points().add_factory('/' + name, factory)
server.attach(None)
print(server.get_bound_port(), flush=True)
GLib.MainLoop().run()
`;

/** Is GStreamer's RTSP server here, with the encoders that are needed? */
export const hasOddCameras = ((): boolean => {
  try {
    const ask = `import gi
gi.require_version('Gst','1.0')
gi.require_version('GstRtspServer','1.0')
from gi.repository import Gst
Gst.init(None)
assert Gst.ElementFactory.find('x265enc') and Gst.ElementFactory.find('jpegenc')`;
    execFileSync(python, ['-c', ask], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export interface OddCameras extends AsyncDisposable {
  readonly h265: string;
  readonly mjpeg: string;
}

/** Starts the cameras on a free port. */
export async function startOddCameras(): Promise<OddCameras> {
  const given = Object.entries(streams).map(([name, line]) => `${name}=${line}`);
  const child = spawn(python, ['-c', script, ...given], { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const port = await new Promise<string>((resolve) => lines.once('line', resolve));
  const base = `rtsp://127.0.0.1:${port}`;
  return {
    h265: `${base}/h265`,
    mjpeg: `${base}/mjpeg`,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
