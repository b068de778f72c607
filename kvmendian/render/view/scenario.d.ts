// A scenario's data, as kvmendian/course/scenario/document.py makes it, and a tab's own.

import type { Step, Swap } from "./types.d.ts";

/** A case: where it stands, yes, wrong bytes, counted by the verdict, its picture, its fields. */
export type CaseRow = [
  at: [down: number, across: number, row: number, column: number],
  yes: number,
  wrong: number,
  counted: number,
  picture: number,
  fields: number[],
];

export type ColumnRow = [
  place: number,
  integer: number,
  lanes: number[],
  head: number,
  owner: number,
  order: string,
  sub: number,
  against: number | null,
  rest: number[],
];

export type PictureRow = [
  columns: number[],
  crossings: [who: number, swapped: number, needed: number, column: number, did: number][],
  value: string,
  width: number,
  red: number,
  leftwards: number,
  given: number,
  says: number,
  why: number,
];

/** One reading: its words, its headings, and every case. */
export interface Block {
  name: string;
  yes: string;
  no: string;
  says: string;
  also: boolean;
  outcome: string;
  held: number;
  tried: number;
  squares: number;
  /** How many cases each square stands for; 0 if not all for as many. */
  each: number;
  across: [group: string, text: string][];
  down: [group: string, text: string][];
  wide: number;
  high: number;
  unit: string;
  cases: CaseRow[];
}

export interface ScenarioData {
  id: string;
  number: number;
  who: string;
  when: string;
  text: string;
  note: string;
  ask: string;
  about: string;
  truth: string;
  outcome: string;
  count: [yes: number, tried: number];
  first: [reading: number, case_: number] | null;
  start: [reading: number, case_: number];
  names: Record<string, string>;
  choices: Record<string, string[]>;
  /** What the toggle of the readings is called. */
  readings: string;
  toggles: string[];
  folded: string[];
  blocks: Block[];
  texts: string[];
  columns: ColumnRow[];
  pictures: PictureRow[];
}

/** A place of a small road: what stands above and below its name, what it is held against. */
export interface Column extends Step {
  head: string;
  owner: string;
  sub: string;
  against: number | null;
  /** Not on the way of the bytes: a yardstick. */
  beside: boolean;
  /** Shown empty: the question is open. */
  hollow: boolean;
}

/** A small road, to be drawn. */
export interface Strip {
  columns: Column[];
  swaps: Swap[];
  palette: Uint8Array;
  width: number;
  red: boolean;
  leftwards: boolean;
}

/** What is on show: traits, and what one tab knows. */
export interface Scene {
  reading: number;
  case_: number;
  answered: string | null;
}

export interface SceneView {
  id: string;
  /** Width of the road's place, in pixels. */
  width: number;
  hot: number | null;
  error: string;
}
