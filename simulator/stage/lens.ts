// Owns the look of the camera: lens, glare, grain, rain and snow before it, the caption burnt into the picture.
import * as THREE from 'three';
import type { Window } from './changes.ts';
import type { Uniforms } from './kits.ts';
import { makeRng } from './rng.ts';
import type { Moment, Scene } from './scene-types.ts';
import { GLARE_FRAGMENT, POST_FRAGMENT, POST_VERTEX } from './shaders.ts';

interface Sources {
  readonly scene: THREE.Texture;
  readonly text: THREE.Texture;
  readonly glare: THREE.Texture;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Grain of the sensor as a texture: fetched point by point, cheaper than computing noise per pixel. */
function grain(): THREE.DataTexture {
  const rng = makeRng(9);
  const data = Uint8Array.from({ length: 512 * 512 * 4 }, () => 255 * (rng.next() * 0.5 + rng.next() * 0.5));
  const t = new THREE.DataTexture(data, 512, 512, THREE.RGBAFormat);
  t.wrapS = THREE.RepeatWrapping;
  t.wrapT = THREE.RepeatWrapping;
  t.needsUpdate = true;
  return t;
}

function uniformsOf(o: Sources): Uniforms {
  return {
    uScene: { value: o.scene },
    uText: { value: o.text },
    uGlareMap: { value: o.glare },
    uRes: { value: new THREE.Vector2(o.widthPx, o.heightPx) },
    uK: { value: 0 },
    uGrain: { value: new THREE.Vector4() },
    uNoise: { value: grain() },
    uNoiseAmp: { value: 0 },
    uVignette: { value: 0 },
    uSoft: { value: 0.6 },
    uSat: { value: 1 },
    uRainAmt: { value: 0 },
    uSnowAmt: { value: 0 },
    uFrame: { value: 0 },
    uDrops: { value: 0 },
    uGlare: { value: 0 },
    uContrast: { value: 0 },
  };
}

export class Lens {
  private readonly widthPx: number;
  private readonly heightPx: number;
  private readonly source: THREE.Texture;
  private readonly post: Uniforms;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.OrthographicCamera(-1, 1, 1, -1, 0, 1);
  private readonly glareTarget: THREE.WebGLRenderTarget;
  private readonly quad: THREE.Mesh;
  private readonly looks: Record<'post' | 'lens' | 'glare', THREE.ShaderMaterial>;
  private readonly textCanvas = document.createElement('canvas');
  private readonly text: THREE.CanvasTexture;
  private distortion = 0;

  constructor(source: THREE.Texture, widthPx: number, heightPx: number) {
    this.widthPx = widthPx;
    this.heightPx = heightPx;
    this.source = source;
    this.glareTarget = new THREE.WebGLRenderTarget(widthPx / 4, heightPx / 4, {
      type: THREE.HalfFloatType,
      depthBuffer: false,
      magFilter: THREE.LinearFilter,
    });
    this.textCanvas.width = widthPx;
    this.textCanvas.height = heightPx;
    this.text = new THREE.CanvasTexture(this.textCanvas);
    this.text.generateMipmaps = false;
    this.text.minFilter = THREE.LinearFilter;
    this.text.premultiplyAlpha = true;
    this.post = uniformsOf({ scene: source, text: this.text, glare: this.glareTarget.texture, widthPx, heightPx });
    const look = (fragmentShader: string, pass: number): THREE.ShaderMaterial =>
      new THREE.ShaderMaterial({
        glslVersion: THREE.GLSL3,
        defines: { PASS: pass },
        vertexShader: POST_VERTEX,
        fragmentShader,
        uniforms: this.post,
        depthTest: false,
        depthWrite: false,
      });
    this.looks = { post: look(POST_FRAGMENT, 0), lens: look(POST_FRAGMENT, 2), glare: look(GLARE_FRAGMENT, 0) };
    this.quad = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), this.looks.post);
    this.quad.frustumCulled = false;
    this.scene.add(this.quad);
  }

  /** Takes over the sensor of a scene. */
  fit(scene: Scene, glare: number): void {
    const s = scene.sensor;
    this.distortion = s.distortion;
    this.set('uK', s.distortion);
    this.set('uNoiseAmp', s.noise);
    this.set('uVignette', s.vignette);
    this.set('uSoft', s.soft);
    this.set('uSat', s.saturation);
    this.set('uContrast', s.contrast);
    this.set('uDrops', s.drops);
    this.set('uGlare', glare);
  }

  set(name: string, value: unknown): void {
    const slot = this.post[name];
    if (slot) slot.value = value;
  }

  private caption(scene: Scene): void {
    const g = this.textCanvas.getContext('2d');
    if (!g) return;
    const s = scene.sensor;
    g.clearRect(0, 0, this.widthPx, this.heightPx);
    const px = Math.round(this.heightPx * (s.captionStyle % 2 ? 0.034 : 0.041));
    g.font = `${s.captionStyle > 1 ? 'bold ' : ''}${px}px ${s.captionStyle % 2 ? 'monospace' : 'sans-serif'}`;
    g.textBaseline = 'top';
    const write = (t: string, x: number, y: number, right: boolean): void => {
      g.textAlign = right ? 'right' : 'left';
      g.lineJoin = 'round';
      g.lineWidth = Math.max(2, px / 7);
      g.strokeStyle = 'rgba(0,0,0,0.85)';
      g.fillStyle = 'rgba(240,240,236,1)';
      g.strokeText(t, x, y);
      g.fillText(t, x, y);
    };
    const pad = px * 0.6;
    const name = s.place ? `${s.caption}  ${s.place}` : s.caption;
    write(name, pad, s.captionStyle === 1 ? this.heightPx - px * 1.6 : pad, false);
    if (s.stamp) write(s.stamp, this.widthPx - pad, pad, true);
    this.text.needsUpdate = true;
  }

  /** Lens, glare, caption, grain: from the drawn scene to the canvas. */
  finish(r: THREE.WebGLRenderer, scene: Scene, m: Moment, frame: number, parts: readonly Window[] | null): void {
    this.quad.material = this.looks.glare;
    r.setRenderTarget(this.glareTarget);
    r.render(this.scene, this.camera);
    this.quad.material = this.looks.post;
    if (parts === null) this.caption(scene);
    this.set('uFrame', frame % 977);
    const spin = makeRng(frame * 31 + 7);
    this.set(
      'uGrain',
      new THREE.Vector4(spin.int(0, 511) / 512, spin.int(0, 511) / 512, spin.int(0, 511) / 512, spin.int(0, 511) / 512),
    );
    this.set('uRainAmt', scene.weather === 'rain' ? m.falling : 0);
    this.set('uSnowAmt', scene.weather === 'snowfall' ? m.falling : 0);
    r.setRenderTarget(null);
    if (parts === null) {
      r.render(this.scene, this.camera);
      return;
    }
    r.setScissorTest(true);
    for (const w of parts) {
      // The lens moves points by a little; a margin covers it.
      const margin = 0.02 + scene.sensor.distortion * 0.12;
      const x0 = Math.max(0, w.x0 - margin);
      const y0 = Math.max(0, w.y0 - margin);
      const x1 = Math.min(1, w.x1 + margin);
      const y1 = Math.min(1, w.y1 + margin);
      r.setScissor(
        Math.floor(x0 * this.widthPx),
        Math.floor((1 - y1) * this.heightPx),
        Math.ceil((x1 - x0) * this.widthPx),
        Math.ceil((y1 - y0) * this.heightPx),
      );
      r.render(this.scene, this.camera);
    }
    r.setScissorTest(false);
  }

  /** Draws numbers (labels) through the lens, point by point. */
  bend(r: THREE.WebGLRenderer, raw: THREE.WebGLRenderTarget, bent: THREE.WebGLRenderTarget): void {
    this.set('uScene', raw.texture);
    this.quad.material = this.looks.lens;
    r.setRenderTarget(bent);
    r.render(this.scene, this.camera);
    this.set('uScene', this.source);
  }

  /** Ground point → picture fractions through the lens; null behind the camera. */
  project(camera: THREE.PerspectiveCamera, x: number, y: number, z: number): readonly [number, number] | null {
    const p = new THREE.Vector3(x, y, z).applyMatrix4(camera.matrixWorldInverse);
    if (p.z > -0.7) return null;
    p.applyMatrix4(camera.projectionMatrix);
    const k = this.distortion;
    const a = this.widthPx / this.heightPx;
    const m = (a * a + 1) * 0.25;
    const [tx, ty] = [p.x * 0.5, p.y * 0.5];
    let [qx, qy] = [tx, ty];
    for (let i = 0; i < 6; i += 1) {
      const f = (1 + k * (qx * qx * a * a + qy * qy)) / (1 + k * m);
      qx = tx / f;
      qy = ty / f;
    }
    return [0.5 + qx, 0.5 - qy];
  }
}
