// @ts-check
// The Mersenne Twister MT19937: Matsumoto and Nishimura 1998, "Mersenne Twister: a 623-dimensionally equidistributed
// uniform pseudo-random number generator", with the initialisation of 2002.

const SIZE = 624;
const MIDDLE = 397;

/** A stream of 32-bit numbers that a seed decides. */
export class Twister {
  constructor() {
    this.state = new Uint32Array(SIZE);
    this.place = SIZE;
  }

  /**
   * Begin the stream of a number.
   * @param {number} seed From 0 to 2^32 - 1.
   */
  seed(seed) {
    const { state } = this;
    state[0] = seed;
    for (let i = 1; i < SIZE; i += 1) {
      const before = state[i - 1];
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
    this.place = SIZE;
  }

  /**
   * Begin the stream of several numbers.
   * @param {ArrayLike<number>} keys At least one, each from 0 to 2^32 - 1.
   */
  seedByArray(keys) {
    this.seed(19650218);
    const { state } = this;
    let i = 1;
    const advance = () => {
      i += 1;
      if (i === SIZE) {
        state[0] = state[SIZE - 1];
        i = 1;
      }
    };
    for (let k = 0, j = 0; k < Math.max(SIZE, keys.length); k += 1) {
      const before = state[i - 1];
      state[i] = (state[i] ^ Math.imul(before ^ (before >>> 30), 1664525)) + keys[j] + j;
      j = (j + 1) % keys.length;
      advance();
    }
    for (let k = 0; k < SIZE - 1; k += 1) {
      const before = state[i - 1];
      state[i] = (state[i] ^ Math.imul(before ^ (before >>> 30), 1566083941)) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  /**
   * The next number of the stream.
   * @returns {number} From 0 to 2^32 - 1.
   */
  next() {
    if (this.place === SIZE) {
      this.#turn();
    }
    let y = this.state[this.place];
    this.place += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** The next state: 624 numbers at once. */
  #turn() {
    const { state } = this;
    for (let i = 0; i < SIZE; i += 1) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + MIDDLE) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.place = 0;
  }
}
