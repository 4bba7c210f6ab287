package io.twinbeat.daemon;

import io.twinbeat.control.StatusReport.Watchdog;
import io.twinbeat.daemon.WatchdogFeeder.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The watchdogs of both nodes as {@code status} shows them. */
final class WatchdogView {
  private final Parts parts;

  WatchdogView(Parts parts) {
    this.parts = parts;
  }

  /** This node's, or null when the file names none. */
  Watchdog own() {
    return parts.watchdog().map(feeder -> shown(feeder, parts.self().name())).orElse(null);
  }

  static Watchdog shown(WatchdogFeeder feeder, String node) {
    Standing s = feeder.standing();
    String detail = s.detail().isEmpty() ? s.identity() : s.identity() + ": " + s.detail();
    if (s.lasting()) {
      detail += "; cannot be disarmed (nowayout)";
    }
    return new Watchdog(
        node,
        feeder.device().toString(),
        switch (s.state()) {
          case UNTRIED -> "unknown";
          case DISARMED -> "disarmed";
          case ARMED -> Watchdog.ARMED;
          case HUNGRY -> Watchdog.NOT_FED;
          case UNUSABLE -> "unusable";
        },
        s.timeout().isZero() ? null : s.timeout().toMillis(),
        s.fedNanos() == 0 ? null : (System.nanoTime() - s.fedNanos()) / 1_000_000,
        detail);
  }

  /** This node's and, as last told, the peer's. */
  List<Watchdog> both(Duration unheard) {
    List<Watchdog> both = new ArrayList<>();
    Watchdog own = own();
    if (own != null) {
      both.add(own);
    }
    parts
        .facts()
        .told()
        .ifPresent(told -> {
          if (told.watchdog() != null) {
            both.add(
                peers(told.watchdog(), (System.nanoTime() - told.nanos()) / 1_000_000, unheard));
          }
        });
    return both;
  }

  /**
   * What the peer told so many milliseconds ago. Armed and no more heard: its end may be counted
   * on, but only if it is its daemon that stands still and not the network.
   */
  static Watchdog peers(Watchdog w, long older, Duration unheard) {
    String detail = w.detail();
    long left = w.timeoutMs() == null ? 0 : w.timeoutMs() - unheard.toMillis();
    if (w.state().equals(Watchdog.ARMED) && !unheard.isZero()) {
      detail +=
          "; if "
              + w.node()
              + " stands still, it "
              + (left > 0 ? "is reset within " + (left / 1000 + 1) + " s" : "was reset by now");
    }
    return new Watchdog(
        w.node(),
        w.device(),
        w.state(),
        w.timeoutMs(),
        w.fedAgeMs() == null ? null : w.fedAgeMs() + older,
        detail);
  }
}
