package io.twinbeat.decision;

/** Where a group stands on one node. */
public enum Phase {
  /** The daemon has just started and still removes what an earlier life left behind. */
  SETTLING,
  /** Not held here, nothing to let go of. */
  STANDBY,
  /** Being started here; its address may be up. */
  STARTING,
  /** Held and served here. */
  ACTIVE,
  /** Being stopped here; its address may still be up. */
  STOPPING,
  /** Let go for the peer, which may start it at any moment. */
  GRANTED,
  /** A stop failed: this node cannot prove that it let go, and asks to be fenced. */
  STUCK;

  /** Whether the group's address may be on this node. */
  public boolean mayHold() {
    return switch (this) {
      case SETTLING, STARTING, ACTIVE, STOPPING, STUCK -> true;
      case STANDBY, GRANTED -> false;
    };
  }
}
