package io.twinbeat.daemon;

import io.twinbeat.control.StatusReport;
import io.twinbeat.daemon.WatchdogFeeder.Standing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Tells what becomes of the watchdogs of both nodes: as events, and as alarms. */
final class WatchdogWatch {
  private static final String KEY = "watchdog";

  private final Parts parts;
  private String told = "";

  WatchdogWatch(Parts parts) {
    this.parts = parts;
  }

  /** Looks at both; housekeeping calls it. */
  void look() {
    parts.watchdog().ifPresent(this::own);
    parts
        .facts()
        .told()
        .flatMap(facts -> Optional.ofNullable(facts.watchdog()))
        .ifPresent(this::peers);
  }

  private void own(WatchdogFeeder feeder) {
    Standing s = feeder.standing();
    String reset = "this machine is reset within " + seconds(s.timeout());
    switch (s.state()) {
      case UNTRIED -> {}
      case DISARMED -> {
        parts.alarms().clear(KEY);
        tell(feeder.device() + " is disarmed: no group may be held here");
      }
      case ARMED -> {
        parts.alarms().clear(KEY);
        tell(
            feeder.device()
                + " ("
                + s.identity()
                + ") is armed: "
                + (s.lasting() ? feeder.needsDaemon() : reset + " when this daemon hangs"));
      }
      case HUNGRY ->
          parts
              .alarms()
              .raise(
                  KEY,
                  "the watchdog is not fed, " + reset + ": " + s.detail(),
                  "nothing: the reset lets go of what is held here");
      case UNUSABLE ->
          parts
              .alarms()
              .raise(
                  KEY,
                  "the watchdog cannot be used, so nothing resets this node when it hangs: "
                      + s.detail(),
                  "load the driver, end the program that has it, or mend 'watchdog' in the file");
    }
  }

  private void tell(String sentence) {
    if (!told.equals(sentence)) {
      told = sentence;
      parts.chronicle().tell("event", "WATCHDOG", sentence, Map.of());
    }
  }

  private void peers(StatusReport.Watchdog watchdog) {
    String key = KEY + ":" + watchdog.node();
    if (watchdog.state().equals(StatusReport.Watchdog.NOT_FED)) {
      parts
          .alarms()
          .raise(
              key,
              watchdog.node()
                  + " stopped feeding its watchdog: it will be reset within "
                  + seconds(Duration.ofMillis(watchdog.timeoutMs()))
                  + " ("
                  + watchdog.detail()
                  + ")",
              "");
    } else {
      parts.alarms().clear(key);
    }
  }

  private static String seconds(Duration d) {
    return d.toSeconds() + " s";
  }
}
