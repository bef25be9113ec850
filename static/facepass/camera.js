// The front camera, and pictures on a canvas.

// Longest side of what is sent, in pixels. The server reads a selfie at 800.
const LONGEST_SIDE = 1280;
const JPEG_QUALITY = 0.9;

/** Shows the front camera in `video`. Rejects with what getUserMedia rejects with. */
export async function openCamera(video) {
  stopCamera(video);
  video.srcObject = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
  });
  await video.play();
}

export function stopCamera(video) {
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
}

export function takePicture(video, canvas) {
  draw(video, video.videoWidth, video.videoHeight, canvas);
}

/** Draws a file upright and reduced; false where the browser cannot read it (HEIC in most), so that the server may try. */
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

function draw(source, width, height, canvas) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
}

export function asFile(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
}
