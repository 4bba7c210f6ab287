package io.twinbeat.decision;

import java.util.List;

/** Whether enough of the real servers behind a group answer the looks of one node. */
public enum Reach {
  /** The node does not look, has not looked long enough, or its looks disagree. */
  UNKNOWN,
  THERE,
  /** Fewer than the quorum, by looks that went on until the service was found down. */
  LOST;

  /** Of several services: lost when one is, there when all are. */
  public static Reach of(List<Reach> services) {
    if (services.contains(LOST)) {
      return LOST;
    }
    return services.isEmpty() || services.contains(UNKNOWN) ? UNKNOWN : THERE;
  }
}
