package io.twinbeat.control;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;

/** Closes a channel when the limit has passed, unless closed itself before. */
final class TimeLimit implements AutoCloseable {
  private final Thread watch;
  private volatile boolean passed;

  private TimeLimit(Channel channel, Duration limit) {
    watch =
        Thread.ofVirtual()
            .name("control-limit")
            .start(() -> {
              try {
                Thread.sleep(limit);
                passed = true;
                channel.close();
              } catch (InterruptedException inTime) {
                // What was limited ended by itself.
              } catch (IOException e) {
                // It is closed all the same.
              }
            });
  }

  static TimeLimit on(Channel channel, Duration limit) {
    return new TimeLimit(channel, limit);
  }

  boolean passed() {
    return passed;
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
