package io.twinbeat.resource;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** How to see, through a floating address, whether the service lives. */
public sealed interface ProbeSettings {
  int port();

  /**
   * A full HTTP answer is wanted.
   *
   * @param path path and query, starting with a slash
   * @param host the Host header (and TLS server name); the address itself when empty
   * @param body must be found in the first part of the answer's body
   */
  record Http(
      int port,
      String path,
      Optional<String> host,
      boolean tls,
      Statuses statuses,
      Optional<Pattern> body)
      implements ProbeSettings {
    public Http {
      checkPort(port);
      checkHeaderText(path);
      host.ifPresent(ProbeSettings::checkHeaderText);
      Objects.requireNonNull(statuses);
      Objects.requireNonNull(body);
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("a path starts with a slash: " + path);
      }
    }

    /** Wants status 200 at the path. */
    public static Http of(int port, String path) {
      return new Http(port, path, Optional.empty(), false, Statuses.OK, Optional.empty());
    }
  }

  /** A TCP connection is enough; says only that the kernel on the other side listens. */
  record Tcp(int port) implements ProbeSettings {
    public Tcp {
      checkPort(port);
    }
  }

  private static void checkPort(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is a number from 1 to 65535: " + port);
    }
  }

  /** Blanks and line ends would make another request of it. */
  private static void checkHeaderText(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) >= 127) {
        throw new IllegalArgumentException(
            "blanks and special characters must be escaped: " + text);
      }
    }
  }
}
