// @ts-check
// The front camera, and pictures on a canvas.

// Longest side of what is sent, in pixels. The server reads a selfie at 800.
const LONGEST_SIDE = 1280;
const JPEG_QUALITY = 0.9;

/**
 * Show the front camera in `video`. Rejects with what getUserMedia rejects with.
 * @param {HTMLVideoElement} video
 */
export async function openCamera(video) {
  stopCamera(video);
  video.srcObject = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
  });
  await video.play();
}

/** @param {HTMLVideoElement} video */
export function stopCamera(video) {
  if (video.srcObject instanceof MediaStream) video.srcObject.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
}

/**
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas
 */
export function takePicture(video, canvas) {
  draw(video, video.videoWidth, video.videoHeight, canvas);
}

/**
 * Draw a file upright and reduced. Return false where the browser cannot read it (HEIC in most), so that the server may
 * try.
 * @param {Blob} file
 * @param {HTMLCanvasElement} canvas
 */
export async function drawPicture(file, canvas) {
  try {
    const bitmap = await createImageBitmap(file);
    draw(bitmap, bitmap.width, bitmap.height, canvas);
    bitmap.close();
    return true;
  } catch {
    canvas.width = canvas.height = 1;
    return false;
  }
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @param {HTMLCanvasElement} canvas
 */
function draw(source, width, height, canvas) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>} a JPEG
 */
export function asFile(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The canvas gives no picture"))), "image/jpeg", JPEG_QUALITY);
  });
}
