import { type Density, paint } from './many-lines-raster.ts';

/** The density of so many lines in a colour such as `#2468C8`, as a canvas of its own. */
export function pictureOf(density: Density, color: string, lines: number): HTMLCanvasElement {
  const { width, height } = density;
  const picture = document.createElement('canvas');
  picture.width = width;
  picture.height = height;
  const image = new ImageData(width, height);
  const part = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  paint(density, [part(1), part(3), part(5)], lines, new Uint32Array(image.data.buffer));
  picture.getContext('2d')?.putImageData(image, 0, 0);
  return picture;
}
