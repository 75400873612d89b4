/* The camera, a few looks a second, until a square is read. */

const LOOK_MS = 150;
const LARGEST = 800;

export class Camera {
  constructor(video, found) {
    this.video = video;
    this.found = found;
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  async start() {
    const wanted = { video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } }, audio: false };
    this.stream = await navigator.mediaDevices.getUserMedia(wanted);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.timer);
    if (this.stream) { this.stream.getTracks().forEach((track) => track.stop()); }
    this.stream = undefined;
    this.video.srcObject = null;
  }

  look() {
    const { videoWidth, videoHeight } = this.video;
    if (!this.stream || !videoWidth) { return; }
    const scale = Math.min(1, LARGEST / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale);
    const height = Math.round(videoHeight * scale);
    this.canvas.width = width;
    this.canvas.height = height;
    this.context.drawImage(this.video, 0, 0, width, height);
    const square = window.jsQR(this.context.getImageData(0, 0, width, height).data, width, height, {
      inversionAttempts: "attemptBoth",
    });
    if (square && square.data) {
      this.stop();
      this.found(square.data);
    }
  }
}
