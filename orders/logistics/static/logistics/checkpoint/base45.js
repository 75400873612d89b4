/* Base45 (RFC 9285): what a QR code's alphanumeric mode carries. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

export function decodeBase45(text) {
  if (text.length % 3 === 1) { throw new Error("base45: length"); }
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((letter) => VALUES.get(letter));
    if (digits.includes(undefined)) { throw new Error("base45: letter"); }
    const number = digits[0] + digits[1] * 45 + (digits[2] || 0) * 2025;
    if (digits.length === 3) {
      if (number > 0xffff) { throw new Error("base45: too large"); }
      bytes.push(number >> 8, number & 0xff);
    } else {
      if (number > 0xff) { throw new Error("base45: too large"); }
      bytes.push(number);
    }
  }
  return Uint8Array.from(bytes);
}
