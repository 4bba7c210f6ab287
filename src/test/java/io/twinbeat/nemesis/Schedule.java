package io.twinbeat.nemesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Chooses, from a seed, what is done in each round: one fault, or several that overlap. */
final class Schedule {
  /** When a fault begins after the round's beginning, so that those of a round overlap. */
  private static final int OFFSET_MILLIS_MAX = 1200;

  private static final int TOGETHER_MAX = 4;

  record Timed(Duration offset, Fault fault) {}

  private final Dice dice;
  private final List<Faults.Kind> kinds = Faults.all();

  Schedule(long seed) {
    dice = new Dice(seed);
  }

  /** The faults of the next round; promise P6 is exact for a round of one. */
  List<Timed> next() {
    int together = dice.below(5) < 2 ? 1 : 2 + dice.below(TOGETHER_MAX - 1);
    List<Timed> round = new ArrayList<>();
    while (round.size() < together) {
      Fault fault = dice.one(kinds).with(dice);
      if (!fault.alone()) {
        int latest = together == 1 ? 0 : OFFSET_MILLIS_MAX;
        round.add(new Timed(dice.millis(0, latest), fault));
      } else if (together == 1) {
        return List.of(new Timed(Duration.ZERO, fault));
      }
    }
    return round;
  }
}
