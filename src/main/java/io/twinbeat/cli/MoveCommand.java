package io.twinbeat.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** takeover, standby and failback: the same question of who shall hold a group. */
@Command(
    description =
        "Moves a group by a prepared hand-over, and waits until it has moved. Refused, with the"
            + " reason, when the node that is to hold it is not ready.")
final class MoveCommand extends ClientCommand {
  private final String verb;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "GROUP",
      description = "the group; all of them without it")
  String group;

  MoveCommand(Surroundings at, String verb) {
    super(at);
    this.verb = verb;
  }

  @Override
  boolean takes(String word) {
    boolean taken = group == null && isPlain(word);
    group = word;
    return taken;
  }

  @Override
  public Integer call() throws Exception {
    JsonObject arguments = new JsonObject();
    if (group != null) {
      arguments.addProperty("group", group);
    }
    return order(verb, arguments);
  }
}
