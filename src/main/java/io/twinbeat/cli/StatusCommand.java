package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.control.NoDaemonException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description =
        "Who holds each group, since when and why; what is wrong; readiness, links and fence devices.")
final class StatusCommand extends ClientCommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Home, and clear from there to the end: less flicker than clearing first. */
  private static final String REDRAW = "\033[H\033[J";

  @Option(names = "--json", description = "all of it as one line of JSON")
  boolean json;

  @Option(
      names = {"-w", "--watch"},
      description = "again each second, until interrupted")
  boolean watch;

  @Option(names = "--rounds", hidden = true, description = "how often --watch shows it")
  long rounds = Long.MAX_VALUE;

  StatusCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    json |= word.equals("--json");
    return word.equals("--json");
  }

  @Override
  public Integer call() throws Exception {
    if (!watch) {
      return question("status", new JsonObject(), this::show);
    }
    int exit = Exit.DONE;
    for (long round = 1; round <= rounds; round++) {
      if (at.colour() && !json) {
        at.out().print(REDRAW);
      }
      try {
        exit = question("status", new JsonObject(), this::show);
      } catch (NoDaemonException e) { // It may come back: that is what one watches for.
        at.err().println("twinbeat status: " + e.getMessage());
        exit = Exit.NO_DAEMON;
      }
      at.out().flush();
      if (round < rounds) {
        Thread.sleep(PAUSE);
      }
    }
    return exit;
  }

  private void show(JsonObject report) {
    at.out()
        .print(
            json
                ? report + "\n"
                : StatusPage.render(
                    report, new Times(at.clock().instant(), at.zone()), new Paint(at.colour())));
  }
}
