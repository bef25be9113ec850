// @ts-check
// Which photos are ticked while a finger or the mouse moves over them.

/**
 * Return the row with everything from one place to another set to a value.
 * @param {boolean[]} row
 * @param {number} from
 * @param {number} to
 * @param {boolean} value
 */
export function fillBetween(row, from, to, value) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  return row.map((ticked, at) => (at >= first && at <= last ? value : ticked));
}

/** A stroke from one photo on: all up to where it is become what the first one became, and others what they were. */
export class Stroke {
  /**
   * @param {boolean[]} row  What is ticked before.
   * @param {number} from
   */
  constructor(row, from) {
    this.row = [...row];
    this.from = from;
    this.value = !row[from];
  }

  /** @param {number} at */
  reach(at) {
    return fillBetween(this.row, this.from, at, this.value);
  }
}
