import assert from "node:assert/strict";
import { test } from "node:test";
import { Stroke, fillBetween } from "../../static/facepass/selecting/stroke.js";

const row = (text) => [...text].map((letter) => letter === "x");
const text = (ticked) => ticked.map((one) => (one ? "x" : ".")).join("");

test("a stroke ticks all up to where it is, in both directions", () => {
  const stroke = new Stroke(row("......"), 2);
  assert.equal(text(stroke.reach(2)), "..x...");
  assert.equal(text(stroke.reach(4)), "..xxx.");
  assert.equal(text(stroke.reach(0)), "xxx...");
});

test("who goes back gets back what was there", () => {
  const stroke = new Stroke(row("....x."), 1);
  assert.equal(text(stroke.reach(5)), ".xxxxx");
  assert.equal(text(stroke.reach(2)), ".xx.x.");
});

test("a stroke that begins on a ticked photo unticks", () => {
  assert.equal(text(new Stroke(row("xxxx"), 1).reach(2)), "x..x");
});

test("a range is filled, whichever end comes first", () => {
  assert.equal(text(fillBetween(row("....."), 3, 1, true)), ".xxx.");
  assert.equal(text(fillBetween(row("xxxxx"), 1, 3, false)), "x...x");
});
