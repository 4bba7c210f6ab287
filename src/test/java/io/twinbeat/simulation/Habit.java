package io.twinbeat.simulation;

import io.twinbeat.decision.Protection;

/** What the parts around the core do for the promises; each has a mutant, as the core's rules. */
enum Habit implements Protection {
  /** The event loop takes the peer's signs of life before whatever else waits. */
  LIFE_FIRST,
  /** What the peer says is taken in its order, the last word too. */
  GOODBYE_IN_ORDER
}
