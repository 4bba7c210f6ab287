package io.twinbeat.linux;

import java.io.IOException;
import java.time.Duration;

/**
 * An armed watchdog: the machine is reset when it was not fed for {@link #timeout}, also when this
 * process is no more. For one thread. Errors: an IOException that names the call and the device.
 */
public interface Watchdog extends AutoCloseable {
  /** The driver's name for itself. */
  String identity();

  /** What the device really takes, which may be another time than the one asked for. */
  Duration timeout();

  /** The time starts anew. */
  void feed() throws IOException;

  /**
   * Disarms and closes it. False when it cannot be disarmed (the driver's {@code nowayout}): it is
   * still open, armed and hungry.
   */
  boolean disarm() throws IOException;

  /** Closes it armed: unless somebody opens and feeds it in time, the machine is reset. */
  @Override
  void close();
}
