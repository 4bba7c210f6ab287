package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.config.KeyFile;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Problem;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = {
      "Is the file right? And, where a daemon runs: do both nodes run with the same file, is each of"
          + " them ready to take over, are the fence devices proven?",
      "With FILE, the exit status tells of that file alone; without, of everything."
    })
final class CheckCommand extends ClientCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "the file (or TWINBEAT_CONFIG; else /etc/twinbeat/twinbeat.yaml)")
  Path file;

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
    Path path = file == null ? at.config() : file;
    return switch (SiteReader.read(path)) {
      case Reading.Bad bad -> bad(path, bad.problems());
      case Reading.Good good -> good(path, good);
    };
  }

  private int good(Path path, Reading.Good good) {
    good.warnings().forEach(warning -> at.err().println("warning: " + warning));
    Pair pair = good.site().pair();
    if (!json) {
      String groups = pair.groups().size() + (pair.groups().size() == 1 ? " group" : " groups");
      at.out()
          .println(
              path
                  + ": right: pair "
                  + pair.name()
                  + ", nodes "
                  + pair.nodes().get(0).name()
                  + " and "
                  + pair.nodes().get(1).name()
                  + ", "
                  + groups
                  + " ("
                  + pair.hash()
                  + ")");
    }
    boolean key = file != null || keyIsRight(pair);
    boolean able = daemon(pair);
    return key && (able || file != null) ? Exit.DONE : Exit.FAILED;
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
    if (json) {
      at.out().println(report);
    }
    String running = Json.text(Json.object(report, "file"), "hash");
    boolean same = running.equals(pair.hash());
    if (!same) {
      at.err()
          .println(
              "the daemon on this node runs with another file ("
                  + running
                  + "): restart it to change");
    }
    Times times = new Times(at.clock().instant(), at.zone());
    if (!json) {
      at.out().print(StatusPage.renderAbilities(report, times, new Paint(at.colour())));
    }
    return same && Problems.of(report, times).isEmpty();
  }
}
