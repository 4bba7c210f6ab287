package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description =
        "Who holds each group, since when and why; what is wrong; readiness, links and fence devices.")
final class StatusCommand extends ClientCommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A daemon that is late is shown as one that does not answer, as those of other machines are. */
  private static final Duration OWN_LIMIT = SiteQuestion.LIMIT;

  /** Longer than an answer is kept by those who are asked. */
  private static final Duration SETTLING = Duration.ofMillis(300);

  /** Home, and clear from there to the end: less flicker than clearing first. */
  private static final String REDRAW = "\033[H\033[J";

  @Option(names = "--json", description = "all of it as one line of JSON")
  boolean json;

  @Option(
      names = {"-w", "--watch"},
      description = "again each second, until interrupted")
  boolean watch;

  @Option(
      names = "--site",
      description =
          "all tiers of the file: pairs as their nodes say, where the file has 'site-status'; the"
              + " rest as it looks from here (TCP connections to what they serve). Exit status 1"
              + " when something is wrong")
  boolean site;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the file, for --site (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat.yaml)")
  Path config;

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
      return round();
    }
    int exit = Exit.DONE;
    for (long round = 1; round <= rounds; round++) {
      if (at.colour() && !json) {
        at.out().print(REDRAW);
      }
      try {
        exit = round();
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

  private int round() throws NoDaemonException, InterruptedException {
    return site
        ? site(config == null ? at.config() : config)
        : question("status", new JsonObject(), this::show);
  }

  private int site(Path file) throws InterruptedException {
    return switch (SiteReader.read(file)) {
      case Reading.Bad bad -> {
        bad.problems().forEach(problem -> at.err().println(problem));
        yield Exit.FAILED;
      }
      case Reading.Good good -> site(good.site());
    };
  }

  private int site(Site of) throws InterruptedException {
    Optional<Pair> pair = Here.pair(of);
    SiteState state = ask(of, pair);
    Times times = new Times(at.clock().instant(), at.zone());
    if (state.isUnsettled(times)) {
      // The nodes do not answer at one instant: a group on the way may seem to be on both.
      Thread.sleep(SETTLING);
      state = ask(of, pair);
    }
    List<String> problems = SiteProblems.of(state, times);
    at.out()
        .print(
            json
                ? state.toJson(at.clock().instant().toString(), problems) + "\n"
                : SitePage.render(state, problems, times, new Paint(at.colour())));
    return problems.isEmpty() ? Exit.DONE : Exit.FAILED;
  }

  private SiteState ask(Site of, Optional<Pair> pair) throws InterruptedException {
    Optional<JsonObject> own = pair.isEmpty() ? Optional.empty() : own(pair.get());
    String self =
        own.map(report -> Json.text(report, "node"))
            .orElseGet(() -> Here.node(of, Optional.empty()).map(Node::name).orElse(""));
    return new SiteQuestion(of, self, own).ask();
  }

  /** What the daemon on this machine says; who may not use its socket is told over the network. */
  private Optional<JsonObject> own(Pair pair) {
    try {
      Response.End end = client().ask(Request.of("status"), OWN_LIMIT);
      return end instanceof Response.Done done
              && Json.text(done.result(), "pair").equals(pair.name())
          ? Optional.of(done.result())
          : Optional.empty();
    } catch (NoDaemonException e) {
      return Optional.empty();
    }
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
