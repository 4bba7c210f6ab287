package io.twinbeat.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** drain: for maintenance of a real server. */
@Command(
    description =
        "Gives a real server no new connections, in all services and on both nodes, until it is"
            + " undrained; those that it has go on. Says how many are left.")
final class DrainCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "SERVER", description = "its name in the file")
  String server;

  @Option(
      names = "--wait",
      description =
          "until no TCP connection is open; UDP, and clients that are remembered, are told, but not"
              + " waited for")
  boolean wait;

  DrainCommand(Surroundings at) {
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
    arguments.addProperty("wait", wait);
    return order("drain", arguments);
  }
}
