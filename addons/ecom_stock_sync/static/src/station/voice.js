import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

const KEY = "ecom_station_muted";

/** Notes of each tone: frequency in hertz and length in seconds. */
const NOTES = {
    good: [[1200, 0.07]],
    info: [[700, 0.09]],
    complete: [
        [1000, 0.08],
        [1500, 0.12],
    ],
    done: [
        [900, 0.08],
        [1200, 0.08],
        [1600, 0.16],
    ],
    bad: [
        [220, 0.18],
        [160, 0.32],
    ],
};

/** What the station says aloud: a tone at once, and the words. It can be muted, and stays so on this machine. */
export class Voice {
    constructor() {
        this.muted = browser.localStorage.getItem(KEY) === "1";
        this.audio = null;
    }

    toggle() {
        this.muted = !this.muted;
        browser.localStorage.setItem(KEY, this.muted ? "1" : "0");
        if (this.muted) {
            window.speechSynthesis?.cancel();
        }
        return this.muted;
    }

    /** Sound the tone and speak the words; what is still being said is cut off, as the next scan matters more. */
    say(words, tone) {
        if (this.muted || !tone) {
            return;
        }
        this.sound(NOTES[tone] || []);
        const speech = window.speechSynthesis;
        if (!speech || !words) {
            return;
        }
        speech.cancel();
        const utterance = new SpeechSynthesisUtterance(words);
        utterance.lang = (user.lang || "en-US").replace("_", "-");
        utterance.rate = 1.15;
        speech.speak(utterance);
    }

    sound(notes) {
        const Context = window.AudioContext || window.webkitAudioContext;
        if (!Context) {
            return;
        }
        this.audio ??= new Context();
        let start = this.audio.currentTime;
        for (const [frequency, seconds] of notes) {
            const tone = this.audio.createOscillator();
            const volume = this.audio.createGain();
            tone.frequency.value = frequency;
            tone.type = frequency < 300 ? "square" : "sine";
            volume.gain.setValueAtTime(0.15, start);
            volume.gain.exponentialRampToValueAtTime(0.001, start + seconds);
            tone.connect(volume).connect(this.audio.destination);
            tone.start(start);
            tone.stop(start + seconds);
            start += seconds;
        }
    }
}
