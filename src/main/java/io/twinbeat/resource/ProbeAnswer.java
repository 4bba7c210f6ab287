package io.twinbeat.resource;

import java.time.Duration;

/** What a look at the service through its address gave. */
public sealed interface ProbeAnswer {
  /** It serves: another machine answered as wanted. */
  record Answered(String detail, Duration took) implements ProbeAnswer {}

  /** The look went out and nothing, or the wrong thing, came back within the limit. */
  record NotAnswered(String detail) implements ProbeAnswer {}

  /** The look could not go out on the wire; says nothing about the service. */
  record CannotTell(String why) implements ProbeAnswer {}
}
