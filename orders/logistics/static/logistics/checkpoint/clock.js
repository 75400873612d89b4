/* A clock that cannot be set back. Its floor is the latest moment that is known to be past: what the server last said, what a
   signed bundle says, every moment this phone has lived through, and where the page's own counter, which no setting moves, has
   run to since. The verdicts compare the phone's clock with it. Milliseconds since 1970. */

const TOLERANCE = 300 * 1000;

export class Clock {
  constructor(floor = 0) {
    this.known = floor;
    this.start(Math.max(Date.now(), floor));
  }

  start(moment) {
    this.began = performance.now();
    this.beganAt = moment;
  }

  floor() {
    return Math.max(this.known, this.beganAt + performance.now() - this.began);
  }

  isWrong() {
    return Date.now() + TOLERANCE < this.floor();
  }

  /* Never before what is past. */
  now() {
    return Math.max(Date.now(), this.known);
  }

  seconds() {
    return { now: Math.floor(Date.now() / 1000), floor: Math.floor(this.floor() / 1000) };
  }

  /* Something signed says that it was made then. */
  raise(moment) {
    this.known = Math.max(this.known, moment);
  }

  /* Lived through. Returns what is to be kept. */
  live() {
    if (!this.isWrong()) { this.raise(Date.now()); }
    return this.known;
  }

  /* The server has just said what time it is, over HTTPS: it heals a floor that a clock set ahead has left. */
  tell(moment) {
    this.known = moment;
    this.start(moment);
  }
}
