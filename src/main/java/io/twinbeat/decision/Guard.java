package io.twinbeat.decision;

/**
 * The guards inside the rules that keep a promise and say nothing of their own. Always on in the
 * program; the simulator switches each off in turn and must find a schedule that breaks a promise.
 */
public enum Guard implements Protection {
  // Peer silence.
  /** A gap in this core's own events is a stall, whoever noticed it. */
  GAPS_NOTICED,
  /** No word of the peer, be it one that counts for nothing, is the moment to find it silent. */
  NO_VERDICT_WHILE_IT_SPEAKS,
  /** A life of the peer that was followed by another one is never believed again. */
  RETIRED_LIVES,
  /** What arrives within a deadtime after the peer went off was sent before. */
  GRACE_AFTER_OFF,
  /** A goodbye counts only from a peer that holds nothing. */
  GOODBYE_HOLDS_NOTHING,
  /** No fence before each contested service was looked at. */
  LOOK_FIRST,
  /** A look is believed only as long as the next one takes. */
  LOOK_FRESH,
  /** While a daemon restarts, a service that is slow beside it is not dead at once. */
  PATIENCE_WITH_RESTART,
  /** The two nodes have different turns. */
  WAIT_UNEQUAL,
  /** Who has missed its turn waits for its next one. */
  TURNS_END,
  /** With a request open here, also a holder may have let go, and has cause. */
  ASK_IS_CAUSE,
  /** Who was never heard may hold anything, and shoots first. */
  UNKNOWN_HOLDS,
  /** What was granted, the peer may hold. */
  GRANTED_COUNTS,
  /** A node that leaves takes nothing and shoots nobody. */
  NO_FENCE_WHILE_LEAVING,
  /** One fence at a time. */
  ONE_FENCE,
  /** A failed fence is tried again later and later. */
  FENCE_BACKOFF,
  /** That the start-up fence was shot survives a crash. */
  START_FENCE_ON_DISK,
  /** A peer that asks to be fenced is, by one that can serve what is stuck. */
  RELIEF_USEFUL,

  // Agreement.

  /** Two nodes agree on something only while they hear each other. */
  TALK_IS_FRESH,
  /** Nothing is agreed with a peer that has said its last word. */
  TALK_NOT_LEAVING,
  /** Of two requests for the same group one is granted. */
  ONE_ASKS_FIRST,
  /** A grant is not taken back from a peer that has begun to start. */
  GRANT_IN_USE,
  /** The group is granted only to a request that still stands. */
  GRANT_STANDS,
  /** Without proof that nobody has the address, the wire is asked first. */
  CLAIM_FIRST,
  /** A new term is above the peer's, too. */
  TERM_ABOVE_PEERS,
  /** The peer's term is remembered, should it lose its disk. */
  TERM_REMEMBERED,
  /** A term that was given away is never given again. */
  TERM_GIVEN_IS_USED,
  /** A group resumed here has a new term. */
  TERM_RAISED_BY_RESUMING,

  // Resources, failback, the operator.
  /** A failed start is tried again later and later. */
  START_BACKOFF,
  /** A short loss of the connection moves nothing. */
  LASTING_LOSS,
  /** A short loss of the real servers, or one that the peer notices later, moves nothing. */
  LASTING_OUT_OF_REACH,
  /** Real servers that the peer does not reach either are no reason to move. */
  PEER_REACHES,
  /** A dead service is offered to an able peer, be it ready or not. */
  OFFERED_TO_ABLE,
  /** Failback waits until the node was ready for the whole time. */
  FAILBACK_READY_LONG,
  /** No failback of what the operator moved away. */
  FAILBACK_HELD,
  /** No takeover by order to a node that is not ready. */
  TAKEOVER_READY,
  /** No standby by order while the peer is not ready. */
  STANDBY_READY,
  /** Goodbye is said only when everything is stopped. */
  GOODBYE_WHEN_STOPPED,
  /** Only so many orders wait for their end. */
  ORDERS_BOUNDED
}
