// Talking and hearing. The microphone is asked for only when the person presses Talk, and let go when it is pressed again.
import { h, icon, put } from './dom.js';
import { say, tr, words } from './i18n.js';

export class Talk {
  // speak(track or null) -> Promise<bool>: puts the microphone on the line
  constructor(speak) {
    this.speak = speak;
    this.on = false;
    this.audio = h('audio', { autoplay: true });
    this.label = h('span');
    this.button = h('button.talk', { type: 'button', onclick: () => this.toggle() }, icon('micOff'), this.label);
    this.hear = say(h('button.warn', { type: 'button', hidden: true, onclick: () => this.play() }), 'Press to hear');
    this.note = h('span.talk-note', { role: 'status' });
    this.element = h('div.talk-box', {}, this.button, this.hear, this.note, this.audio);
    words(() => this.show());
  }

  setTrack(track) {
    this.audio.srcObject = track ? new MediaStream([track]) : null;
    if (track) this.play();
  }

  play() {
    this.audio.play().then(() => { this.hear.hidden = true; }, (e) => { this.hear.hidden = e.name !== 'NotAllowedError'; });
  }

  async toggle() {
    if (this.busy) return;
    this.busy = true;
    try {
      if (this.on) this.stop();
      else {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
        this.track = stream.getAudioTracks()[0];
        this.track.onended = () => this.stop();
        this.on = await this.speak(this.track);
        this.problem = this.on ? '' : 'The station does not take sound just now.';
        if (!this.on) this.track.stop();
      }
    } catch (e) {
      this.on = false;
      this.problem = e.name === 'NotAllowedError' ? 'The browser may not use the microphone. Allow it in the address bar.'
        : 'No microphone was found.';
    }
    this.busy = false;
    this.show();
  }

  stop() {
    this.track?.stop();
    this.track = null;
    this.on = false;
    this.problem = '';
    this.speak(null);
    this.show();
  }

  show() {
    if (!this.note) return;
    this.button.replaceChild(icon(this.on ? 'mic' : 'micOff'), this.button.firstChild);
    this.button.setAttribute('aria-pressed', String(this.on));
    put(this.label, this.on ? tr('Speaking – press to mute') : tr('Talk'));
    put(this.note, this.problem ? tr(this.problem) : '');
  }
}
