package io.twinbeat.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    description = {
      "Uses the changed file on both nodes, or on none: it is read and tried on both first, and"
          + " refused where anything is wrong or the two files differ.",
      "Services go on and nothing moves. What the file no longer has is stopped, what it has anew is"
          + " started."
    })
final class ReloadCommand extends ClientCommand {
  @Option(
      names = "--this-node-only",
      description = "when the other node is down: it needs the same file before it comes back")
  boolean thisNodeOnly;

  ReloadCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    thisNodeOnly |= word.equals("--this-node-only");
    return word.equals("--this-node-only");
  }

  @Override
  public Integer call() throws Exception {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("thisNodeOnly", thisNodeOnly);
    return order("reload", arguments);
  }
}
