package io.twinbeat.decision;

import java.util.List;

/** What one event led to: the next state, and what is to be done, in this order. */
public record Step(State next, List<Effect> effects) {
  public Step {
    effects = List.copyOf(effects);
  }
}
