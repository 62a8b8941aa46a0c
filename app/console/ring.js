// The last seconds of a waveform on the stream's own time grid. A sample that never was is NaN: a gap stays a gap.
export class Ring {
  constructor(channels, rate_hz, seconds) {
    this.capacity = Math.max(2, Math.ceil(rate_hz * seconds));
    this.data = Array.from({ length: channels }, () => new Float32Array(this.capacity).fill(NaN));
    this.begin = this.end = 0;  // grid numbers [begin, end) that may be asked for
  }

  // Puts values[channel][0..count) at grid number `at`; what lies between is marked as missing.
  // Returns the number of missing samples before it (0: joined on).
  write(at, values, count) {
    const missing = this.end === this.begin ? 0 : at - this.end;
    if (missing > this.capacity || missing < -this.capacity || this.end === this.begin) {
      for (const line of this.data) line.fill(NaN);
      this.begin = this.end = at;
    }
    for (let g = this.end; g < at; g++) for (const line of this.data) line[g % this.capacity] = NaN;
    const from = Math.max(0, count - this.capacity);
    for (let c = 0; c < this.data.length; c++) {
      const line = this.data[c];
      for (let i = from; i < count; i++) line[(at + i) % this.capacity] = values[c][i];
    }
    this.end = Math.max(this.end, at + count);
    this.begin = Math.max(this.begin, this.end - this.capacity);
    return Math.max(0, missing);
  }

  get(channel, grid) {
    return grid < this.begin || grid >= this.end ? NaN : this.data[channel][grid % this.capacity];
  }
}
