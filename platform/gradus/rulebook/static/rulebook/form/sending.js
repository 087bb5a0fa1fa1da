// Changes go to the server one after the other, each on the text the one before made of it. What cannot be sent stays
// and is tried again; nothing is lost.

export class Sending {
  constructor({ send, took, failed, state }) {
    Object.assign(this, { send, took, failed, state, waiting: [], working: null });
  }

  get idle() {
    return !this.working && !this.waiting.length;
  }

  // A later value of the same input takes the place of one that has not been sent.
  add(change) {
    const same = (each) => each.op === "set" && change.op === "set" && each.id === change.id;
    const at = this.waiting.findLastIndex(same);
    if (at >= 0 && at === this.waiting.length - 1) this.waiting[at] = change;
    else this.waiting.push(change);
    return this.work();
  }

  work() {
    this.working ??= this.run().finally(() => {
      this.working = null;
      this.state();
    });
    return this.working;
  }

  async run() {
    while (this.waiting.length) {
      this.state();
      const change = this.waiting[0];
      let answer;
      try {
        answer = await this.send(change);
      } catch {
        this.failed();
        return false;
      }
      this.waiting.shift();
      this.took(change, answer, this.waiting);
    }
    return true;
  }
}
