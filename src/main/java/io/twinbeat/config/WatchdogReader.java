package io.twinbeat.config;

import io.twinbeat.config.Section.Item;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads {@code watchdog}; without it no watchdog is used. */
final class WatchdogReader {
  private WatchdogReader() {}

  static Optional<WatchdogConfig> read(Report report, Section top) {
    Optional<Item> item = top.take("watchdog");
    Optional<Section> found =
        item.isPresent()
            ? Section.of(report, item.get(), "a map, such as { device: /dev/watchdog }")
            : Optional.empty();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Section s = found.get();
    Path device = s.or("device", Values.absolutePath(), WatchdogConfig.DEVICE);
    Duration timeout =
        s.or(
            "timeout",
            Values.duration(WatchdogConfig.TIMEOUT_MIN, WatchdogConfig.TIMEOUT_MAX),
            WatchdogConfig.TIMEOUT);
    s.done();
    if (timeout.toMillisPart() != 0) {
      report.problem(
          s.placeOf("timeout"),
          "a timeout of " + Values.shown(timeout),
          "whole seconds: a watchdog counts in them");
    }
    return Optional.of(new WatchdogConfig(device, timeout));
  }
}
