package io.twinbeat.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description =
        "Why: the rule and the evidence of an event, and what led to it on both nodes. Without a"
            + " number: why everything stands as it does now, and why nothing moves.")
final class ExplainCommand extends ClientCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "EVENT",
      description = "its number on this node, as in 'twinbeat events'")
  Long event;

  @Option(
      names = "--what-if",
      paramLabel = "FAULT",
      description =
          "what would happen now, touching nothing: power off NODE, cut heartbeats, cut service"
              + " NODE, cut NODE, stall NODE [for TIME], kill daemon NODE, kill service NODE,"
              + " fence fails; several with commas")
  String whatIf;

  @Option(names = "--json", description = "as JSON")
  boolean json;

  ExplainCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    json |= word.equals("--json");
    return word.equals("--json");
  }

  @Override
  public Integer call() throws Exception {
    if (event != null && whatIf != null) {
      at.err().println("twinbeat explain: an event has happened: it goes with no --what-if");
      at.err().println("See: twinbeat help explain");
      return Exit.USAGE;
    }
    JsonObject arguments = new JsonObject();
    if (event != null) {
      arguments.addProperty("event", event);
    }
    if (whatIf != null) {
      arguments.addProperty("whatIf", whatIf);
    }
    return question("explain", arguments, this::show);
  }

  private void show(JsonObject result) {
    if (json) {
      at.out().println(result);
      return;
    }
    Times times = new Times(at.clock().instant(), at.zone());
    at.out().print(new ExplainPage(times, new Paint(at.colour()), ExplainPage.width()).of(result));
  }
}
