// Heart rate for the display: slope energy of all channels, smoothed over 80 ms, against a threshold that follows the
// beats (after Pan and Tompkins 1985, without their search-back). Not a diagnosis; the record's analysis is the station's.
export class HeartRate {
  constructor(rate_hz) {
    this.rate = rate_hz;
    this.window = Math.max(1, Math.round(0.08 * rate_hz));
    this.step = Math.max(1, Math.round(0.008 * rate_hz));  // the slope over 8 ms, so that hum counts little
    this.refractory = 0.25 * rate_hz;
    this.reset();
  }

  // After a gap nothing before it may make a beat.
  reset() {
    this.past = [];
    this.energy = new Float64Array(this.window);
    this.sum = 0;
    this.count = 0;
    this.level = 0;
    this.peak = null;
    this.beats = [];
  }

  // values: millivolts a channel at grid number `grid`. Returns true when a beat has just been completed.
  push(grid, values) {
    this.past.push(values);
    if (this.past.length <= this.step) return false;
    const before = this.past.shift();
    let energy = 0;
    for (let c = 0; c < values.length; c++) energy += (values[c] - before[c]) ** 2;
    const slot = this.count++ % this.window;
    this.sum += energy - this.energy[slot];
    this.energy[slot] = energy;
    if (this.count < 1.2 * this.rate) {  // learns until a beat must have come at 50 a minute or more
      this.level = Math.max(this.level, this.sum);
      return false;
    }
    if (this.count % this.rate < 1) this.level *= 0.9;
    if (this.sum > 0.35 * this.level && this.sum > 1e-4) {
      if (!this.peak || this.sum > this.peak.sum) this.peak = { grid, sum: this.sum };
      return false;
    }
    if (!this.peak) return false;
    const { grid: at, sum } = this.peak;
    this.peak = null;
    const last = this.beats[this.beats.length - 1];
    if (last !== undefined && at - last < this.refractory) return false;
    if (sum > 3 * this.level) {  // what was taken for beats before were waves between them
      this.level = sum;
      this.beats = [];
    }
    this.level += 0.25 * (sum - this.level);
    this.beats.push(at);
    if (this.beats.length > 9) this.beats.shift();
    return true;
  }

  // Beats a minute from the median of the last intervals; null when there is no rhythm to speak of.
  perMinute(now_grid) {
    const b = this.beats;
    if (b.length < 3 || now_grid - b[b.length - 1] > 3 * this.rate) return null;
    const gaps = b.slice(1).map((x, i) => x - b[i]).sort((x, y) => x - y);
    const bpm = (60 * this.rate) / gaps[gaps.length >> 1];
    return bpm >= 20 && bpm <= 300 ? Math.round(bpm) : null;
  }
}
