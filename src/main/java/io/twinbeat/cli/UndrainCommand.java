package io.twinbeat.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** undrain: the end of a drain. */
@Command(description = "Gives a drained real server new connections again, on both nodes.")
final class UndrainCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "SERVER", description = "its name in the file")
  String server;

  UndrainCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String word) {
    boolean taken = server == null && isPlain(word);
    server = word;
    return taken;
  }

  @Override
  boolean isComplete() {
    return server != null;
  }

  @Override
  public Integer call() throws Exception {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("server", server);
    return order("undrain", arguments);
  }
}
