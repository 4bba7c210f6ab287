package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.config.KeyFile;
import io.twinbeat.config.Node;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Problem;
import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import io.twinbeat.config.Tier;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.daemon.DirectorLook;
import io.twinbeat.daemon.FenceAdvice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    description = {
      "Is the file right? And, where a daemon runs: do both nodes run with the same file, is each of"
          + " them ready to take over, are the fence devices proven?",
      "With a FILE, the exit status tells of that file alone; without, of everything."
    })
final class CheckCommand extends ClientCommand {
  @Mixin final FileArgument files = new FileArgument();

  @Option(names = "--json", description = "what the daemon says, as JSON")
  boolean json;

  CheckCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    return false; // It reads a whole file anyway.
  }

  @Override
  public Integer call() {
    Path path = files.file(at);
    return switch (SiteReader.read(path)) {
      case Reading.Bad bad -> bad(path, bad.problems());
      case Reading.Good good -> good(path, good);
    };
  }

  private int good(Path path, Reading.Good good) {
    good.warnings().forEach(warning -> at.err().println("warning: " + warning));
    Site site = good.site();
    if (Here.isMissing(site, files.node())) {
      at.err().println("twinbeat check: " + path + " has no machine " + files.node().get());
      return Exit.FAILED;
    }
    if (!json) {
      at.out().println(path + ": right: " + shown(site));
    }
    List<String> errors =
        site.pairs().stream().flatMap(p -> FenceAdvice.errors(p).stream()).toList();
    if (!errors.isEmpty()) {
      errors.forEach(error -> at.err().println(path + ": fence device of " + error));
      return Exit.FAILED;
    }
    silent(site)
        .forEach(tier ->
            at.err()
                .println(
                    "advice: tier "
                        + tier
                        + " has no site-status: 'twinbeat status --site' on other machines has only a"
                        + " look from outside for it"));
    Optional<Pair> own = Here.pair(site, files.node());
    return own.isEmpty() // No node: there is no daemon here to ask.
        ? Exit.DONE
        : good(own.get(), Here.node(site, files.node()));
  }

  private int good(Pair own, Optional<Node> self) {
    FenceAdvice.here(own, self)
        .forEach(advice -> at.err().println("warning: fence device of " + advice));
    FenceAdvice.exposures(own, self)
        .forEach(advice -> at.err().println("advice: fence device of " + advice));
    boolean alone = files.isNamed();
    boolean key = alone || keyIsRight(own);
    boolean able = daemon(own);
    boolean directs = alone || self.isEmpty() || directs(own, self.get());
    return key && directs && (able || alone) ? Exit.DONE : Exit.FAILED;
  }

  /** Where some pairs answer, those that do not. */
  private static List<String> silent(Site site) {
    List<String> silent =
        site.pairs().stream().filter(p -> p.siteStatus().isEmpty()).map(Pair::name).toList();
    return silent.size() == site.pairs().size() ? List.of() : silent;
  }

  /** A director looks at its real servers from where it stands. */
  private boolean directs(Pair pair, Node self) {
    try {
      return json || Items.print(at, DirectorLook.from(pair, self)) == Exit.DONE;
    } catch (IOException e) {
      at.err().println("the real servers were not looked at: " + e.getMessage());
      return true;
    }
  }

  private static String shown(Site site) {
    List<String> tiers = new ArrayList<>();
    for (Tier tier : site.tiers()) {
      tiers.add(
          switch (tier) {
            case Tier.OfPair(Pair pair) -> shown(pair);
            case Tier.OfServers servers ->
                "servers " + servers.name() + ", " + servers.servers().size() + " machines";
          });
    }
    return String.join("; ", tiers);
  }

  private static String shown(Pair pair) {
    return "pair "
        + pair.name()
        + ", nodes "
        + pair.nodes().get(0).name()
        + " and "
        + pair.nodes().get(1).name()
        + ", "
        + pair.groups().size()
        + (pair.groups().size() == 1 ? " group" : " groups")
        + " ("
        + pair.hash()
        + ")";
  }

  private int bad(Path path, List<Problem> problems) {
    problems.forEach(problem -> at.err().println(problem));
    at.err().println(path + ": " + problems.size() + (problems.size() == 1 ? " error" : " errors"));
    return Exit.FAILED;
  }

  /** On a node of the pair the key belongs to what must be right. */
  private boolean keyIsRight(Pair pair) {
    try {
      KeyFile.read(pair.heartbeat().keyFile());
      return true;
    } catch (IOException e) {
      at.err().println(e.getMessage());
      return false;
    }
  }

  /** The two files as they are on the two disks now, whatever the daemons run with. */
  private boolean sameAsPeers(Pair pair, JsonObject report) {
    JsonObject theirs = Json.object(report, "peerFile");
    String peer = Json.text(report, "peerName");
    String hash = Json.text(theirs, "hash");
    if (theirs.isEmpty()) {
      return true; // A daemon of an older version says nothing of it.
    }
    if (theirs.has("problems")) {
      theirs
          .getAsJsonArray("problems")
          .forEach(problem -> at.err().println(peer + ": " + problem.getAsString()));
      return false;
    }
    if (hash.isEmpty()) {
      at.err()
          .println("the file of the other node was not compared: " + Json.text(theirs, "unknown"));
      return true; // That it is not heard is a problem of its own.
    }
    if (!hash.equals(pair.hash())) {
      at.err()
          .println(
              "the files differ: this node's is "
                  + pair.hash()
                  + ", the other's "
                  + Json.text(theirs, "path")
                  + " is "
                  + hash
                  + ": make them the same");
    }
    return hash.equals(pair.hash());
  }

  private boolean daemon(Pair pair) {
    Response.End end;
    try {
      end = client().ask(Request.of("check"), ORDER_LIMIT);
    } catch (NoDaemonException e) {
      at.err().println(e.getMessage() + "; readiness and fence devices were not looked at");
      return true;
    }
    if (!(end instanceof Response.Done done)) {
      notDone("check", end);
      return false;
    }
    JsonObject report = done.result();
    boolean alike = sameAsPeers(pair, report);
    if (json) {
      at.out().println(report);
    }
    String running = Json.text(Json.object(report, "file"), "hash");
    boolean same = running.equals(pair.hash());
    if (!same) {
      at.err()
          .println(
              "the daemon on this node runs with another file (" + running + "): twinbeat reload");
    }
    Times times = new Times(at.clock().instant(), at.zone());
    if (!json) {
      at.out().print(StatusPage.renderAbilities(report, times, new Paint(at.colour())));
    }
    return same && alike && Problems.of(report, times).isEmpty();
  }
}
