// The twelve leads from the eight that are measured, and what an electrode that is off takes with it.
// Einthoven and Goldberger: III = II - I, aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2.

export const LEADS = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
const DERIVED = { III: [-1, 1], aVR: [-0.5, -0.5], aVL: [1, -0.5], aVF: [-0.5, 1] };
const LIMB = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'];
const CHEST = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

// "ECG V1", "EKG II", "MLII" -> lead name or null.
export function leadOf(label) {
  const name = String(label).replace(/^(ECG|EKG|Lead)[\s:_-]+/i, '').trim();
  return LEADS.find((x) => x.toLowerCase() === name.toLowerCase()) ?? null;
}

// labels of the channels -> Map lead -> [[channel, factor], ...]; only leads that can be had.
export function leadTerms(labels) {
  const terms = new Map();
  labels.forEach((label, channel) => {
    const lead = leadOf(label);
    if (lead && !terms.has(lead)) terms.set(lead, [[channel, 1]]);
  });
  const one = terms.get('I')?.[0][0];
  const two = terms.get('II')?.[0][0];
  if (one !== undefined && two !== undefined)
    for (const [lead, [a, b]] of Object.entries(DERIVED)) if (!terms.has(lead)) terms.set(lead, [[one, a], [two, b]]);
  return terms;
}

// Millivolts of one lead at one instant from the channels' values there.
export function leadValue(terms, lead, values) {
  let sum = 0;
  for (const [channel, factor] of terms.get(lead)) sum += factor * values[channel];
  return sum;
}

const IEC = { R: 'RA', L: 'LA', F: 'LL', N: 'RL' };

// Electrode in IEC or AHA naming -> AHA name ("C1" -> "V1"); null when it is none.
export function electrodeOf(name) {
  const key = String(name).trim().toUpperCase();
  if (IEC[key]) return IEC[key];
  if (['RA', 'LA', 'LL', 'RL'].includes(key)) return key;
  const chest = /^[CV]([1-6])$/.exec(key);
  return chest ? 'V' + chest[1] : null;
}

// The leads that are no signal while `electrode` is off. The chest leads are measured against the mean of RA, LA and
// LL (Wilson), so a limb electrode takes them along; RL only drives the body and takes none.
export function leadsWithout(electrode) {
  if (electrode === 'RL') return [];
  if (CHEST.includes(electrode)) return [electrode];
  const whole = { RA: [], LA: ['II'], LL: ['I'] }[electrode];
  return whole ? [...LIMB, ...CHEST].filter((x) => !whole.includes(x)) : [];
}

// To millivolts; unknown units are taken as they are.
export function toMillivolts(unit) {
  return { uV: 0.001, 'µV': 0.001, mV: 1, V: 1000, nV: 1e-6 }[unit] ?? 1;
}
