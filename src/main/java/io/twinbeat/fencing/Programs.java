package io.twinbeat.fencing;

import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/** What devices that run a program have in common: which they trust, and how they hear answers. */
final class Programs {
  private static final int DETAIL_CHARS_MAX = 300;

  private Programs() {}

  /** Why a program must not be run as root, if so: anybody else could have written it. */
  static Optional<String> distrust(Path program) {
    try {
      if (!Files.isRegularFile(program)) {
        return Optional.of(program + (Files.exists(program) ? ": not a file" : ": no such file"));
      }
      if (!Files.isExecutable(program)) {
        return Optional.of(program + ": not executable");
      }
      if (!ownedByRootOrUs(program)) {
        return Optional.of(program + ": must be owned by root");
      }
      int mode = (Integer) Files.getAttribute(program, "unix:mode");
      if ((mode & 022) != 0) {
        return Optional.of(
            program
                + ": mode is 0%o, must not be writable for group or others".formatted(mode & 0777));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(program + ": cannot be looked at (" + e.getMessage() + ")");
    }
  }

  private static boolean ownedByRootOrUs(Path file) throws IOException {
    Object owner = Files.getAttribute(file, "unix:uid");
    return owner.equals(0) || owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /** Status 0 is done; all else, a signal and a time limit included, is failed. */
  static FenceAnswer answer(Outcome outcome, Collection<String> secrets) {
    return new FenceAnswer(outcome.succeeded(), detail(outcome, secrets), outcome.took());
  }

  /** Status 0 is ON and 2 is OFF, for fence agents and hooks alike; all else is UNKNOWN. */
  static PowerAnswer power(Outcome outcome, Collection<String> secrets) {
    PowerState state =
        switch (outcome) {
          case Outcome.Exited exited ->
              switch (exited.status()) {
                case 0 -> PowerState.ON;
                case 2 -> PowerState.OFF;
                default -> PowerState.UNKNOWN;
              };
          case Outcome.TimedOut _ -> PowerState.UNKNOWN;
          case Outcome.NotStarted _ -> PowerState.UNKNOWN;
        };
    return new PowerAnswer(state, detail(outcome, secrets), outcome.took());
  }

  static FenceAnswer failed(String why) {
    return new FenceAnswer(false, why, Duration.ZERO);
  }

  /** How it ended; of a success only what it said, of anything else why. */
  private static String detail(Outcome outcome, Collection<String> secrets) {
    String detail = outcome.summary();
    if (outcome.succeeded()) {
      String said = outcome.out().strip();
      detail = said.isEmpty() ? "exit status 0" : said.substring(said.lastIndexOf('\n') + 1);
    }
    detail = Secrets.hide(detail.strip(), secrets);
    return detail.length() <= DETAIL_CHARS_MAX
        ? detail
        : detail.substring(0, DETAIL_CHARS_MAX) + "…";
  }
}
