package io.twinbeat.resource;

import java.time.Duration;

/** What a look at the service through its address gave. */
public sealed interface ProbeAnswer {
  /** It serves: another machine answered as wanted. */
  record Answered(String detail, Duration took) implements ProbeAnswer {}

  /** How far a look came. */
  enum Reach {
    /** Some machine's TCP reacted. */
    SERVER,
    /** Some machine's kernel took the connection; nothing came over it in time. */
    TAKEN,
    NOBODY,
    /** This machine's kernel has no way there: nobody answers ARP, or a route or filter says so. */
    NO_WAY
  }

  /** The look went out and nothing, or the wrong thing, came back within the limit. */
  record NotAnswered(String detail, Reach reach) implements ProbeAnswer {}

  /** Whatever answers, it is this machine itself: nothing was seen of the other one. */
  record OwnAnswer(String why) implements ProbeAnswer {}

  /** The look could not go out on the wire; says nothing about the service. */
  record CannotTell(String why) implements ProbeAnswer {}
}
