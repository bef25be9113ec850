// @ts-check
// What should change before the picture is taken. Light and sharpness are measured here, on the camera's picture; how
// many faces there are and how large, the server says about a small frame, which it looks at in memory and forgets.

const MEASURE_MS = 300;
// Once in this time at most, and less often while everything is well.
const LOOK_MS = 1200;
const LOOK_AGAIN_MS = 3000;
const FRAME_SIDE = 320;
// Mean brightness (0 to 255) of the middle of the picture, where the face is.
const DARK = 45;
const BRIGHT = 225;
// Variance of the Laplacian, on the middle at the camera's own resolution. A smeared lens or a moving hand stays below;
// a face in focus has 40 and more even in bad light.
const BLURRED = 8;
const SAMPLE = 192;

/**
 * Call `say(hint)` with "dark", "bright", "blurred", "no-face", "several", "far", "near", "good" or "oval" until the
 * returned function is called.
 * @param {HTMLVideoElement} video
 * @param {{look: (frame: Blob) => Promise<string | null>, say: (hint: string) => void}} options `look` resolves with the
 *   server's hint, or null where it does not tell now
 */
export function watch(video, { look, say }) {
  const sample = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
  sample.canvas.width = sample.canvas.height = SAMPLE;
  let seen = "oval";
  let due = 0;
  let asking = false;

  async function ask() {
    asking = true;
    const hint = await look(await frameOf(video));
    asking = false;
    seen = hint === null ? seen : hint || "good";
    due = performance.now() + (seen === "good" ? LOOK_AGAIN_MS : LOOK_MS);
  }

  function measure() {
    if (!video.videoWidth) return;
    const light = lightOf(video, sample);
    say(light ?? seen);
    if (!light && !asking && performance.now() > due) ask();
  }

  const timer = setInterval(measure, MEASURE_MS);
  return () => clearInterval(timer);
}

/**
 * @param {HTMLVideoElement} video
 * @param {CanvasRenderingContext2D} sample
 */
function lightOf(video, sample) {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(SAMPLE, width, height);
  sample.drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SAMPLE, SAMPLE);
  const { mean, sharpness } = measured(sample.getImageData(0, 0, SAMPLE, SAMPLE).data, SAMPLE);
  if (mean < DARK) return "dark";
  if (mean > BRIGHT) return "bright";
  return sharpness < BLURRED ? "blurred" : null;
}

/**
 * Return the mean luma of a square, and the variance of its Laplacian.
 * @param {ArrayLike<number>} pixels RGBA
 * @param {number} side
 */
export function measured(pixels, side) {
  const luma = new Float32Array(side * side);
  let sum = 0;
  for (let at = 0; at < luma.length; at++) {
    luma[at] = 0.299 * pixels[4 * at] + 0.587 * pixels[4 * at + 1] + 0.114 * pixels[4 * at + 2];
    sum += luma[at];
  }
  let total = 0;
  let squares = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const at = y * side + x;
      const edge = luma[at - 1] + luma[at + 1] + luma[at - side] + luma[at + side] - 4 * luma[at];
      total += edge;
      squares += edge * edge;
    }
  }
  const count = (side - 2) ** 2;
  return { mean: sum / luma.length, sharpness: squares / count - (total / count) ** 2 };
}

/**
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob>}
 */
function frameOf(video) {
  const canvas = document.createElement("canvas");
  const scale = FRAME_SIDE / Math.max(video.videoWidth, video.videoHeight);
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The canvas gives no picture"))), "image/jpeg", 0.7);
  });
}
