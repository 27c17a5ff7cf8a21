// Which way the map draws: WebGL where a graphics processor does it, canvas everywhere else (screens 4.3).

export type RendererClass = 'gpu' | 'software';

/** Names under which browsers offer WebGL without a graphics processor. */
const softwareNames = /swiftshader|llvmpipe|softpipe|software|basic render|mesa offscreen/i;

/** What a renderer's name says. No name: none was told, and then no graphics processor is counted on. */
export const rendererClass = (name: string | null): RendererClass =>
  name === null || name.trim() === '' || softwareNames.test(name) ? 'software' : 'gpu';

let asked: string | null | undefined;

/** The name of the renderer behind WebGL, null where there is none. Asked once: each context is a process-wide treasure. */
export function rendererName(): string | null {
  if (asked !== undefined) return asked;
  const context = document.createElement('canvas').getContext('webgl2');
  const info = context?.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = info
    ? context?.getParameter(info.UNMASKED_RENDERER_WEBGL)
    : context?.getParameter(context.RENDERER);
  asked = typeof name === 'string' ? name : null;
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return asked;
}

/** How to draw cameras here. */
export const wayHere = (): 'canvas' | 'webgl' => (rendererClass(rendererName()) === 'gpu' ? 'webgl' : 'canvas');
