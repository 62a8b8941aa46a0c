// Made-up signals for the preview: a heart, a breath, an ear drum and a mole.

const WAVES = {  // per lead: P, Q, R, S, T in millivolts
  I: [0.1, -0.05, 0.75, -0.12, 0.22], II: [0.16, -0.08, 1.2, -0.2, 0.32], V1: [0.06, 0, 0.25, -1.0, -0.08],
  V2: [0.08, 0, 0.5, -1.5, 0.5], V3: [0.08, -0.02, 0.9, -0.9, 0.5], V4: [0.1, -0.06, 1.5, -0.5, 0.45],
  V5: [0.1, -0.08, 1.3, -0.25, 0.35], V6: [0.1, -0.08, 1.0, -0.15, 0.28],
};
export const EIGHT = Object.keys(WAVES);
const AT = [-0.17, -0.032, 0, 0.032, 0.26];
const WIDTH = [0.024, 0.009, 0.012, 0.011, 0.05];
const RR = 60 / 74;

export function heart(lead, t) {
  const phase = ((t + 0.3) % RR) - 0.3;
  let mv = 0.06 * Math.sin(2 * Math.PI * 0.22 * t) + 0.006 * Math.sin(t * 977.3);
  for (let k = 0; k < 5; k++) mv += WAVES[lead][k] * Math.exp(-0.5 * ((phase - AT[k]) / WIDTH[k]) ** 2);
  return mv;
}

// Flow in L/s: quiet breaths and a forced one every 15 s.
export function breath(t) {
  const u = t % 15;
  if (u < 6) return 0.35 * Math.sin((2 * Math.PI * u) / 3);
  if (u < 7.4) return -3.2 * Math.sin((Math.PI * (u - 6)) / 1.4);
  const e = u - 7.5;
  if (e < 0 || e > 6.2) return 0;
  const strength = 0.85 + 0.1 * (Math.floor(t / 15) % 3);
  return strength * 8.6 * Math.min(1, e / 0.09) * Math.exp(-e / 0.62);
}

export function ear(ctx, w, h, t) {
  const x = w / 2 + 14 * Math.sin(t * 0.9);
  const y = h / 2 + 10 * Math.cos(t * 0.7);
  ctx.fillStyle = '#160b08';
  ctx.fillRect(0, 0, w, h);
  const g = ctx.createRadialGradient(x, y, 20, x, y, h * 0.47);
  g.addColorStop(0, '#f2dccb');
  g.addColorStop(0.55, '#d9a58c');
  g.addColorStop(0.85, '#8e4a37');
  g.addColorStop(1, '#2a100a');
  ctx.fillStyle = g;
  ctx.beginPath();
  ctx.arc(x, y, h * 0.46, 0, 7);
  ctx.fill();
  ctx.strokeStyle = 'rgba(150,60,45,.5)';
  ctx.lineWidth = 2.5;
  for (let k = 0; k < 14; k++) {
    ctx.beginPath();
    ctx.moveTo(x + Math.cos(k) * h * 0.42, y + Math.sin(k) * h * 0.42);
    ctx.quadraticCurveTo(x + Math.cos(k + 0.4) * h * 0.3, y + Math.sin(k + 0.2) * h * 0.3, x + Math.cos(k + 0.1) * h * 0.16, y + Math.sin(k + 0.1) * h * 0.16);
    ctx.stroke();
  }
  ctx.strokeStyle = '#f7ecd9';
  ctx.lineWidth = 12;
  ctx.beginPath();
  ctx.moveTo(x - 70, y - 110);
  ctx.lineTo(x - 10, y + 10);
  ctx.stroke();
  ctx.fillStyle = 'rgba(255,255,255,.7)';
  ctx.beginPath();
  ctx.moveTo(x, y + 20);
  ctx.lineTo(x + 70, y + 100);
  ctx.lineTo(x + 20, y + 115);
  ctx.fill();
}

export function mole(ctx, w, h, t) {
  ctx.fillStyle = '#e7bfa5';
  ctx.fillRect(0, 0, w, h);
  for (let k = 0; k < 60; k++) {
    const a = k * 2.39996;
    const r = 12 * Math.sqrt(k) * (1 + 0.15 * Math.sin(3 * a));
    ctx.fillStyle = `rgba(${85 + (k % 5) * 12},${45 + (k % 7) * 5},30,.55)`;
    ctx.beginPath();
    ctx.arc(w / 2 + r * Math.cos(a) + 6 * Math.sin(t), h / 2 + r * Math.sin(a), 24 - k * 0.2, 0, 7);
    ctx.fill();
  }
  ctx.fillStyle = '#222';
  for (let k = 0; k < 11; k++) ctx.fillRect(40 + k * 40, h - 26, 2, k % 5 ? 9 : 16);
}

export function room(ctx, w, h, t) {
  ctx.fillStyle = '#cfd8d6';
  ctx.fillRect(0, 0, w, h);
  ctx.fillStyle = '#8fa8a4';
  ctx.fillRect(0, h * 0.72, w, h);
  ctx.fillStyle = '#3c4f63';
  ctx.beginPath();
  ctx.ellipse(w / 2, h, w * 0.24, h * 0.42, 0, 0, 7);
  ctx.fill();
  ctx.fillStyle = '#e3b796';
  ctx.beginPath();
  ctx.ellipse(w / 2 + 5 * Math.sin(t), h * 0.42, w * 0.09, h * 0.2, 0, 0, 7);
  ctx.fill();
}
