package io.twinbeat.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Tells systemd how the service does (sd_notify(3)). Does nothing where systemd does not listen.
 * Methods return false when a message could not be sent, never throw, and are safe from any thread.
 */
public final class SystemdNotifier implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int PATH_BYTES_MAX = 107;
  private static final int MESSAGE_BYTES_MAX = 2048;

  private final Optional<NativeSocket> socket;
  private final int addressLength;
  private final Optional<Duration> watchdog;

  private SystemdNotifier(
      Optional<NativeSocket> socket, int addressLength, Optional<Duration> watchdog) {
    this.socket = socket;
    this.addressLength = addressLength;
    this.watchdog = watchdog;
  }

  /** Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID from an environment. */
  public static SystemdNotifier open(Map<String, String> environment) throws LinuxException {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    Optional<Duration> watchdog = watchdog(environment);
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    boolean known = name.startsWith("/") || name.startsWith("@");
    if (!known || path.length < 2 || path.length > PATH_BYTES_MAX) {
      return new SystemdNotifier(Optional.empty(), 0, watchdog);
    }
    NativeSocket socket =
        new NativeSocket(
            "the socket to systemd", AF_UNIX, NativeSocket.SOCK_DGRAM, 0, MESSAGE_BYTES_MAX, 8);
    ByteBuffer address = socket.to();
    address.putShort(0, (short) AF_UNIX).put(2, path);
    if (name.startsWith("@")) {
      address.put(2, (byte) 0);
      return new SystemdNotifier(Optional.of(socket), 2 + path.length, watchdog);
    }
    return new SystemdNotifier(Optional.of(socket), 2 + path.length + 1, watchdog);
  }

  private static Optional<Duration> watchdog(Map<String, String> environment) {
    String pid = environment.get("WATCHDOG_PID");
    if (pid != null && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
      return Optional.empty();
    }
    try {
      long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
      return micros > 0 ? Optional.of(Duration.ofNanos(micros * 1000)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether systemd listens. */
  public boolean connected() {
    return socket.isPresent();
  }

  /** Within this time {@link #watchdog} must be called; call it at half of it. */
  public Optional<Duration> watchdogInterval() {
    return watchdog;
  }

  public boolean ready() {
    return send("READY=1");
  }

  /** One line for systemctl status. */
  public boolean status(String text) {
    return send("STATUS=" + text.replace('\n', ' '));
  }

  public boolean watchdog() {
    return send("WATCHDOG=1");
  }

  public boolean stopping() {
    return send("STOPPING=1");
  }

  /** Sends assignments, separated by newlines; a message that is too long is cut. */
  public boolean send(String message) {
    if (socket.isEmpty()) {
      return false;
    }
    NativeSocket to = socket.get();
    to.sending().lock();
    try {
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      int length = Math.min(bytes.length, MESSAGE_BYTES_MAX);
      to.out().put(0, bytes, 0, length);
      return to.trySendTo(length, addressLength) == 0;
    } finally {
      to.sending().unlock();
    }
  }

  @Override
  public void close() {
    socket.ifPresent(NativeSocket::close);
  }
}
