package io.twinbeat.daemon;

import io.twinbeat.decision.GroupState;
import io.twinbeat.decision.Phase;
import io.twinbeat.decision.State;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether this daemon does its work: on this systemd's watchdog is fed, and the machine's. Any
 * thread; never blocks.
 */
final class LifeSigns implements WatchdogFeeder.Node {
  /**
   * The loop goes round at least each half second. Short, so that systemd (WatchdogSec= in the
   * unit) restarts a hung daemon, which moves nothing, before the machine's watchdog resets the
   * machine.
   */
  static final Duration LOOP_MAX = Duration.ofSeconds(2);

  /** A disk under pressure may take seconds for what must be on it first. */
  static final Duration EFFECTS_MAX = Duration.ofSeconds(5);

  /** Beyond the interval between two heartbeats. */
  static final Duration BEAT_MAX = Duration.ofSeconds(2);

  /** One thing that must go on; {@code late} is zero while it does. */
  record Sign(String what, Supplier<Duration> late, Duration max) {}

  private final List<Sign> signs;
  private final Supplier<State> state;

  LifeSigns(List<Sign> signs, Supplier<State> state) {
    this.signs = List.copyOf(signs);
    this.state = state;
  }

  /** What stands still; empty when all goes on. */
  String standstill() {
    for (Sign sign : signs) {
      Duration late = sign.late().get();
      if (late.compareTo(sign.max()) > 0) {
        return sign.what() + " stands still (the limit is " + sign.max().toMillis() + " ms)";
      }
    }
    return "";
  }

  /** Whether the address of a group may be on this node. */
  @Override
  public boolean mayHold() {
    return state.get().groups().stream().anyMatch(g -> g.phase().mayHold());
  }

  @Override
  public String trouble() {
    for (GroupState g : state.get().groups()) {
      if (g.phase() == Phase.STUCK) {
        return g.name() + " could not be stopped, and only a reset proves that it is let go";
      }
    }
    return standstill();
  }

  @Override
  public boolean leftAsPlanned() {
    return state.get().going() == State.Going.GONE;
  }
}
