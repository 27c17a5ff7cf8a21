import { expect, test } from 'vitest';
import { rendererClass } from './renderer.ts';

test.each([
  'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)',
  'llvmpipe (LLVM 15.0.6, 256 bits)',
  'Google SwiftShader',
  'Microsoft Basic Render Driver',
  'Software Rasterizer',
  '',
  null,
])('%s is drawn by the processor', (name) => expect(rendererClass(name)).toBe('software'));

test.each([
  'ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 (0x00002504) Direct3D11 vs_5_0 ps_5_0, D3D11)',
  'ANGLE (Intel, Intel(R) UHD Graphics 630 (0x00003E9B) Direct3D11 vs_5_0 ps_5_0, D3D11)',
  'AMD Radeon RX 6600 (radeonsi, navi23, LLVM 15.0.7, DRM 3.54)',
  'Apple M2',
])('%s is drawn by a graphics processor', (name) => expect(rendererClass(name)).toBe('gpu'));
