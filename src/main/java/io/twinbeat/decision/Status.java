package io.twinbeat.decision;

import java.util.Map;

/**
 * What a node says of itself in each heartbeat.
 *
 * @param incarnation random, new at each start of the daemon
 * @param version grows with each step of the sender's core; a smaller one is old news
 * @param hears the peer's incarnation that reached the sender last, 0 for none
 * @param backWithinMillis with RESTARTING: the sender means to be back in this time
 * @param connected its carrier and enough reference points are there
 * @param maintenance the newest word on the pair's maintenance that the sender knows
 */
public record Status(
    String node,
    long incarnation,
    long version,
    long hears,
    Leaving leaving,
    long backWithinMillis,
    boolean connected,
    String configHash,
    Map<String, GroupStatus> groups,
    Word maintenance) {

  public Status {
    groups = Map.copyOf(groups);
  }

  /**
   * A word on maintenance; see {@link Maintenance}.
   *
   * @param leftMillis how much longer it lasts; 0 when it is over
   */
  public record Word(long number, long leftMillis, String reason, boolean agreed) {
    /** Never was any. */
    public static final Word NONE = new Word(0, 0, "", false);
  }

  /** Whether the sender is about to go, and how. */
  public enum Leaving {
    NO,
    /** Everything is stopped; the peer may take all. */
    GOODBYE,
    /** Services are kept; the daemon will be back. */
    RESTARTING
  }

  /**
   * One group on the sender's node.
   *
   * @param ready every readiness item is good
   * @param able nothing would make a takeover pointless
   * @param reach what its looks at the real servers come to
   * @param ask the open request for this group, 0 for none
   * @param closedAsk the highest request that the sender will never act on again
   * @param offer why the sender wants the receiver to take the group; empty for no offer
   * @param grantedAsk the receiver's request that is granted, 0 for none
   * @param grantedTo the incarnation it is granted to
   * @param grantedTerm the term to start with
   * @param reason why it is not ready; empty when it is
   */
  public record GroupStatus(
      Phase phase,
      long term,
      boolean ready,
      boolean able,
      Reach reach,
      long ask,
      long closedAsk,
      String offer,
      long grantedAsk,
      long grantedTo,
      long grantedTerm,
      String reason) {}
}
