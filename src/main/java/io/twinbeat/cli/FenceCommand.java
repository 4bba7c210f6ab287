package io.twinbeat.cli;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    description = {
      "Acts on a node's power, through its fence devices.",
      "  test     prove each of its devices, without harm",
      "  off      switch it off, and make certain that it is",
      "  on       switch it on",
      "  confirm  no device can prove it, but you have seen that the node is off"
    })
final class FenceCommand extends ClientCommand {
  /** The words of the command line, in lower case as they are typed and sent. */
  enum Action {
    test,
    off,
    on,
    confirm
  }

  @Parameters(index = "0", paramLabel = "ACTION", description = "test, off, on or confirm")
  String word;

  @Parameters(index = "1", paramLabel = "NODE", description = "the node to act on")
  String node;

  @Option(names = "--yes", description = "off: don't ask")
  boolean yes;

  @Option(
      names = "--yes-it-is-off",
      paramLabel = "NODE",
      description = "confirm: don't ask (for scripts that have looked themselves)")
  String itIsOff;

  FenceCommand(Surroundings at) {
    super(at);
  }

  @Override
  boolean takes(String wanted) {
    if (wanted.equals("--yes")) {
      yes = true;
      return true;
    } else if (word == null) {
      word = wanted;
    } else if (node == null) {
      node = wanted;
    } else {
      return false;
    }
    return isPlain(wanted);
  }

  @Override
  boolean isComplete() {
    return node != null;
  }

  @Override
  public Integer call() throws Exception {
    Action action = action();
    if (action == null) {
      at.err()
          .println(
              "twinbeat fence: '" + word + "' is not one of " + Arrays.toString(Action.values()));
      at.err().println("See: twinbeat help fence");
      return Exit.USAGE;
    }
    boolean agreed =
        switch (action) {
          case test, on -> true;
          case off -> yes || typed("This switches " + node + " off, now and without a shutdown.");
          case confirm ->
              itIsOff != null
                  ? same(itIsOff)
                  : typed(
                      "If "
                          + node
                          + " still runs, both nodes may serve at once, and data may be"
                          + " lost.\nLook at the machine: is its power off?");
        };
    if (!agreed) {
      return Exit.REFUSED;
    }
    JsonObject arguments = new JsonObject();
    arguments.addProperty("action", word);
    arguments.addProperty("node", node);
    return order("fence", arguments);
  }

  private Action action() {
    for (Action action : Action.values()) {
      if (action.name().equals(word)) {
        return action;
      }
    }
    return null;
  }

  private boolean typed(String warning) throws IOException {
    at.out().println(warning);
    at.out().print("To go on, type the node's name: ");
    at.out().flush();
    String answer =
        new BufferedReader(new InputStreamReader(at.in(), StandardCharsets.UTF_8)).readLine();
    if (answer == null) {
      at.out().println();
    }
    return same(answer == null ? "" : answer.strip());
  }

  private boolean same(String name) {
    if (name.equals(node)) {
      return true;
    }
    at.err()
        .println("twinbeat fence: refused: '" + name + "' is not '" + node + "'; nothing was done");
    return false;
  }
}
