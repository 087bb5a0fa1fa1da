// Changes go to the server one after the other, each on the text the one before made of it. What cannot be sent stays
// and is tried again; nothing is lost.
export class Sending {
  constructor({ send, took, failed, state }) {
    Object.assign(this, { send, took, failed, state, waiting: [], under_way: null, working: null });
  }

  get idle() {
    return !this.working && !this.waiting.length;
  }

  // A later value of the same input takes the place of one that still waits; what is under way is left alone.
  add(change) {
    const last = this.waiting.at(-1);
    const same = last?.op === "set" && change.op === "set" && last.id === change.id;
    if (same && last !== this.under_way) this.waiting.pop();
    this.waiting.push(change);
    return this.work();
  }

  work() {
    this.working ??= this.run().finally(() => {
      this.working = this.under_way = null;
      this.state();
    });
    return this.working;
  }

  async run() {
    while (this.waiting.length) {
      this.state();
      const change = this.under_way = this.waiting[0];
      let answer;
      try {
        answer = await this.send(change);
      } catch {
        this.failed();
        return false;
      }
      this.waiting.shift();
      this.under_way = null;
      this.took(change, answer, this.waiting);
    }
    return true;
  }
}
