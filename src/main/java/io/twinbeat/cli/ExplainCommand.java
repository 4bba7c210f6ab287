package io.twinbeat.cli;

import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description =
        "Why: the rule and the evidence of an event, and the events that led to it. Without a number:"
            + " why everything stands as it does now.")
final class ExplainCommand extends ClientCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "EVENT",
      description = "its number, as in 'twinbeat events'")
  Long event;

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
    JsonObject arguments = new JsonObject();
    if (event != null) {
      arguments.addProperty("event", event);
    }
    return question("explain", arguments, this::show);
  }

  private void show(JsonObject result) {
    if (json) {
      at.out().println(result);
      return;
    }
    Entries entries =
        new Entries(new Times(at.clock().instant(), at.zone()), new Paint(at.colour()));
    StringBuilder text = new StringBuilder();
    for (JsonObject explanation : Json.list(result, "explanations")) {
      text.append(text.isEmpty() ? "" : "\n");
      entries.whole(Json.object(explanation, "event"), text);
      List<JsonObject> because = Json.list(explanation, "because");
      if (!because.isEmpty()) {
        text.append("  after\n");
        because.forEach(entry -> text.append("    ").append(entries.line(entry)).append('\n'));
      }
    }
    at.out().print(text.isEmpty() ? "nothing was decided yet\n" : text.toString());
  }
}
