package io.twinbeat.fencing;

import java.time.Duration;
import java.util.List;

/** Whether a node is certainly off. */
public sealed interface FenceOutcome {
  Duration took();

  /** Off was done, and a separate status of the same device said OFF. */
  record Confirmed(String device, Duration took, String evidence) implements FenceOutcome {}

  /** Nothing is proven; one sentence for each device that was asked. */
  record NotConfirmed(List<String> whatHappened, Duration took) implements FenceOutcome {
    public NotConfirmed {
      whatHappened = List.copyOf(whatHappened);
    }
  }
}
