package io.twinbeat.decision;

import java.time.Duration;

/**
 * The pair's maintenance as one node knows it: the word with the higher number counts, and of two
 * with the same number the one that ends first. It stands when both nodes have it, or the other is
 * known to be off.
 *
 * @param until by this machine's monotonic clock; null when it is over, or never was
 * @param reason why it was ordered, or why it is over
 * @param agreed whether the peer has it too; until then it is a request
 * @param sure false when the time left was reckoned by the wall clock over a boot of the machine
 */
public record Maintenance(long number, Moment until, String reason, boolean agreed, boolean sure) {
  static final Maintenance NONE = new Maintenance(0, null, "", false, true);

  /** Whether nothing is to be done by itself now. */
  public boolean stands() {
    return agreed && until != null;
  }

  boolean asked() {
    return until != null;
  }

  /** Zero when it is over. */
  public Duration left(Moment now) {
    return until == null || !now.isBefore(until) ? Duration.ZERO : until.since(now);
  }

  Maintenance over(long newNumber, String why) {
    return new Maintenance(newNumber, null, why, false, true);
  }
}
