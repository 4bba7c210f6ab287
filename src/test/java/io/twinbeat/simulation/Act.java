package io.twinbeat.simulation;

/** What can happen next in a pair; each on one node, but for TICK. */
enum Act {
  TICK(0),
  /** Time passes while this node stands still. */
  STALL(1),
  /** The heartbeat that this node sent last arrives. */
  ARRIVE(0),
  /** The heartbeat on its way stays there, and none that follows it arrives before. */
  DELAY(1),
  WORK_DONE(0),
  WORK_FAILS(1),
  ANSWERED(0),
  NOT_ANSWERED(0),
  /** The peer serves, but a parted network hides it. */
  PARTED(1),
  CANNOT_TELL(1),
  /** The fence that this node began strikes its peer. */
  STRIKE(0),
  FENCE_DONE(0),
  FENCE_FAILS(1),
  KILL(1),
  KILL_LOSE_DISK(2),
  RISE(0),
  POWER_LOSS(1),
  POWER_BACK(0),
  CONNECTION_LOST(1),
  CONNECTION_BACK(0),
  TAKEOVER(1),
  LEAVE(1),
  /** The operator vouches, truly, that the peer is off. */
  CONFIRM(1);

  /** How much of the schedule's measure of faults and orders it takes. */
  final int cost;

  Act(int cost) {
    this.cost = cost;
  }
}
