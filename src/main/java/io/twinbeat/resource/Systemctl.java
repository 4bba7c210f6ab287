package io.twinbeat.resource;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One systemd unit through systemctl(1). Every verb has a limit: when it is over only systemctl is
 * killed, the job goes on in systemd.
 *
 * @param program the systemctl to run
 * @param booted exists where systemd runs (sd_booted(3))
 */
record Systemctl(Path program, Path booted, String unit) {
  static final Path PROGRAM = Path.of("systemctl");
  static final Path BOOTED = Path.of("/run/systemd/system");

  /** Between two looks at a unit that is on its way. */
  private static final Duration STEP = Duration.ofMillis(20);

  /** What systemd says of the unit; all empty when it could not be asked. */
  record Shown(
      String load,
      String active,
      String sub,
      String result,
      String fileState,
      long mainPid,
      String error) {
    boolean known() {
      return error.isEmpty();
    }

    boolean serving() {
      return active.equals("active") || active.equals("reloading") || active.equals("refreshing");
    }

    boolean stopped() {
      return active.equals("inactive") || active.equals("failed");
    }

    String text() {
      return known()
          ? active + " (" + sub + (result.equals("success") ? "" : ", result " + result) + ")"
          : error;
    }
  }

  boolean usable() {
    return Files.isDirectory(booted);
  }

  void needSystemd() throws ResourceException {
    if (!usable()) {
      throw new ResourceException(
          "no systemd runs on this machine, so its unit " + unit + " can't be used");
    }
  }

  Outcome run(Duration limit, String verb, String... options) {
    List<String> argv = new ArrayList<>();
    argv.add(program.toString());
    argv.add("--no-ask-password");
    argv.add("--no-pager");
    argv.add(verb);
    argv.addAll(List.of(options));
    argv.add("--");
    argv.add(unit);
    return Commands.run(Command.of(limit, argv.toArray(String[]::new)));
  }

  Shown show(Duration limit) {
    Outcome outcome =
        run(limit, "show", "-p", "LoadState,ActiveState,SubState,Result,UnitFileState,MainPID");
    Map<String, String> values = new HashMap<>();
    for (String line : outcome.out().split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1).strip());
      }
    }
    boolean told = outcome.succeeded() && values.containsKey("ActiveState");
    return new Shown(
        values.getOrDefault("LoadState", ""),
        told ? values.get("ActiveState") : "",
        values.getOrDefault("SubState", ""),
        values.getOrDefault("Result", ""),
        values.getOrDefault("UnitFileState", ""),
        number(values.getOrDefault("MainPID", "0")),
        told ? "" : program + " show " + unit + ": " + outcome.summary());
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Starts or restarts the unit and returns when it is active. */
  void start(Deadline deadline, String verb) throws ResourceException {
    needSystemd();
    Shown before = show(deadline.look());
    if (before.active().equals("failed")) {
      // A unit that failed too often would refuse to start ("start request repeated too quickly").
      run(deadline.left(), "reset-failed");
    }
    Outcome outcome = run(deadline.left(), verb);
    Shown shown = show(deadline.look());
    while (!shown.serving()) {
      if (!outcome.succeeded() || shown.stopped() || deadline.over()) {
        throw new ResourceException(
            "unit "
                + unit
                + " did not "
                + verb
                + ": "
                + outcome.summary()
                + "; it is "
                + shown.text());
      }
      Deadline.sleep(deadline.atMost(STEP));
      shown = show(deadline.look());
    }
  }

  /**
   * Stops the unit and returns when it is inactive or failed: then nothing of it is running. A job
   * that systemd holds back is pushed: our own unit stops before nginx's (After=), and with
   * systemctl stop twinbeat or a shutdown the two would wait for each other.
   */
  void stop(Deadline deadline) throws ResourceException {
    needSystemd();
    Outcome outcome = run(deadline.left(), "stop", "--no-block");
    Shown shown = show(deadline.look());
    if (outcome.succeeded() && !shown.stopped()) {
      // Joins the first job, which keeps what else it takes down, and frees it from the order.
      outcome = run(deadline.left(), "stop", "--job-mode=ignore-dependencies");
      shown = show(deadline.look());
    }
    while (!shown.stopped() || shown.mainPid() != 0) {
      if (deadline.over() || !shown.known()) {
        throw new ResourceException(
            "unit "
                + unit
                + " is not proven stopped: "
                + outcome.summary()
                + "; it is "
                + shown.text());
      }
      Deadline.sleep(deadline.atMost(STEP));
      shown = show(deadline.look());
    }
  }
}
