package io.twinbeat.decision.whatif;

import java.time.Duration;
import java.util.List;

/** How it would go. Times are from the fault on. */
public record Prediction(
    List<String> assumptions, List<Line> story, List<End> ends, boolean goesOn) {
  /** What a node would decide, note, or raise; {@code kind} as in the journal, or "world". */
  public record Line(Duration after, String node, String kind, String rule, String sentence) {}

  /**
   * A group in the end.
   *
   * @param holders the nodes that run with its address
   * @param served whether its clients are answered in the end
   * @param unserved how long they were not, in all
   * @param doubly how long two running nodes had its address
   */
  public record End(
      String group, List<String> holders, boolean served, Duration unserved, Duration doubly) {
    public End {
      holders = List.copyOf(holders);
    }
  }

  public Prediction {
    assumptions = List.copyOf(assumptions);
    story = List.copyOf(story);
    ends = List.copyOf(ends);
  }
}
