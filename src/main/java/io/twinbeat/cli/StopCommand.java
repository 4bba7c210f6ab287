package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.process.Outcome;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description =
        "Hands all groups over, says goodbye to the peer and ends the daemon on this node; or, with"
            + " --keep-services, ends it and leaves everything running for the next daemon.")
final class StopCommand extends ClientCommand {
  private static final Duration SYSTEMCTL_LIMIT = Duration.ofSeconds(5);
  private static final String UNIT = "twinbeat.service";

  @Option(
      names = "--keep-services",
      description = "for an upgrade: services and addresses stay, the peer holds still")
  boolean keepServices;

  @Option(
      names = "--as-systemd",
      hidden = true,
      description = "the unit's ExecStop: keep the services if, and only if, this is a restart")
  boolean asSystemd;

  StopCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    keepServices |= word.equals("--keep-services");
    asSystemd |= word.equals("--as-systemd");
    return word.equals("--keep-services") || word.equals("--as-systemd");
  }

  @Override
  public Integer call() throws Exception {
    boolean keep = keepServices || (asSystemd && isRestart());
    JsonObject arguments = new JsonObject();
    arguments.addProperty("keepServices", keep);
    if (keep && asSystemd) {
      arguments.addProperty("restarts", true);
    }
    try {
      return order("stop", arguments);
    } catch (NoDaemonException e) {
      if (asSystemd) {
        return Exit.DONE; // systemd also asks for a daemon that has ended by itself.
      }
      throw e;
    }
  }

  /** Whether systemd stops the unit in order to start it again. In doubt it does not. */
  private boolean isRestart() {
    Outcome jobs =
        at.children()
            .apply(
                io.twinbeat.process.Command.of(
                    SYSTEMCTL_LIMIT, "systemctl", "list-jobs", "--no-legend", "--no-pager"));
    return jobs.succeeded() && isRestart(jobs.out());
  }

  /** Lines of: job number, unit, type, state. A machine that goes down is no restart. */
  static boolean isRestart(String jobs) {
    boolean restart = false;
    for (String line : jobs.lines().toList()) {
      String[] words = line.strip().split("\\s+", 4);
      if (words.length < 3) {
        continue;
      }
      if (words[1].equals("shutdown.target") && words[2].equals("start")) {
        return false;
      }
      restart |= words[1].equals(UNIT) && words[2].contains("restart");
    }
    return restart;
  }
}
