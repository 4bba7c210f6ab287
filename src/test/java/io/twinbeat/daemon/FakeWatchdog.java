package io.twinbeat.daemon;

import io.twinbeat.linux.Watchdog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Stands in for the device: what was done to it, in order. */
final class FakeWatchdog implements Watchdog {
  final List<String> done = new ArrayList<>();
  boolean nowayout;
  boolean broken;

  FakeWatchdog open() throws IOException {
    if (broken) {
      throw new IOException("opening /dev/watchdog: EBUSY");
    }
    done.add("open");
    return this;
  }

  @Override
  public String identity() {
    return "Fake";
  }

  @Override
  public Duration timeout() {
    return Duration.ofSeconds(10);
  }

  @Override
  public void feed() throws IOException {
    if (broken) {
      throw new IOException("feeding /dev/watchdog: EIO");
    }
    done.add("feed");
  }

  @Override
  public boolean disarm() {
    done.add(nowayout ? "nowayout" : "disarm");
    return !nowayout;
  }

  @Override
  public void close() {
    done.add("close armed");
  }
}
