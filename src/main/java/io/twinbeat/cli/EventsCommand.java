package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.control.ControlClient;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(description = "What happened: decisions, refusals, effects, alarms. The newest last.")
final class EventsCommand extends ClientCommand {
  private static final int LAST = 20;

  @Option(
      names = "-n",
      paramLabel = "COUNT",
      description = "so many of the last ones (20 if nothing is said)")
  Integer last;

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      description = "from then on: an age (10m, 2h, 3d), a time (12:03, 12:03:11), or ISO 8601")
  String since;

  @Option(names = "--json", description = "one JSON object in each line")
  boolean json;

  @Option(
      names = {"-f", "--follow"},
      description = "and go on with new ones as they happen")
  boolean follow;

  EventsCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    switch (word) {
      case "--json" -> json = true;
      case "-f", "--follow" -> follow = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  @Override
  public Integer call() throws Exception {
    JsonObject arguments = new JsonObject();
    if (since != null) {
      Optional<Instant> from = Moment.parse(since, at.clock().instant(), at.zone());
      if (from.isEmpty()) {
        at.err()
            .println("twinbeat events: '" + since + "' is neither an age (10m, 2h, 3d) nor a time");
        at.err().println("See: twinbeat help events");
        return Exit.USAGE;
      }
      arguments.addProperty("since", from.get().toString());
    }
    if (last != null || since == null) {
      arguments.addProperty("last", last == null ? LAST : last);
    }
    arguments.addProperty("follow", follow);
    Entries entries =
        new Entries(new Times(at.clock().instant(), at.zone()), new Paint(at.colour()));
    Consumer<JsonObject> show =
        entry -> {
          at.out().println(json ? entry.toString() : entries.line(entry));
          if (follow) {
            at.out().flush();
          }
        };
    Response.End end =
        client()
            .ask(
                Request.of("events", arguments),
                follow ? ControlClient.NO_LIMIT : QUESTION_LIMIT,
                show);
    return notDone("events", end);
  }
}
