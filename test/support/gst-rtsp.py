# GStreamer's RTSP server with a few streams, for tests: prints its port on the first line and serves until standard input ends.
import sys
import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

Gst.init(None)
SOURCE = "videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=192,framerate=10/1 ! "
STREAMS = {
    "/h264": SOURCE + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96",
    # Parameter sets with every key frame, as cameras send them.
    "/h265": SOURCE + "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph265pay config-interval=-1 name=pay0 pt=96",
    "/mjpeg": SOURCE + "jpegenc ! rtpjpegpay name=pay0",
    "/sound-first": "audiotestsrc is-live=true ! mulawenc ! rtppcmupay name=pay0 "
    + SOURCE
    + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay1 pt=96",
    "/locked": SOURCE + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96",
    "/udp": SOURCE + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96",
}


def token(role):
    made = GstRtspServer.RTSPToken()
    made.set_string("media.factory.role", role)
    return made


server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service("0")
auth = GstRtspServer.RTSPAuth()
auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
auth.add_digest("viewer", "p@ss/w:rd", token("viewer"))
auth.set_default_token(token("anybody"))
server.set_auth(auth)
for path, launch in STREAMS.items():
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch("( " + launch + " )")
    # A shared pipeline of which nobody wants the sound does not always start a second time.
    factory.set_shared(path != "/sound-first")
    if path == "/udp":
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    permissions = GstRtspServer.RTSPPermissions()
    for role in ("viewer", "anybody"):
        permissions.add_permission_for_role(role, "media.factory.access", True)
        # Who may see that a stream is there and not play it is asked to sign in.
        permissions.add_permission_for_role(role, "media.factory.construct", role == "viewer" or path != "/locked")
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory(path, factory)
server.attach(None)
print(server.get_bound_port(), flush=True)

loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
loop.run()
