package io.twinbeat.cli;

import com.google.gson.JsonObject;
import io.twinbeat.config.Pair;
import io.twinbeat.config.Reading;
import io.twinbeat.config.SiteReader;
import io.twinbeat.control.ControlClient;
import io.twinbeat.control.NoDaemonException;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** A command that asks the daemon. */
abstract class ClientCommand implements Callable<Integer> {
  /** For questions: the daemon answers them from memory. */
  static final Duration QUESTION_LIMIT = Duration.ofSeconds(10);

  /** For orders: a hand-over, or a fence with all its devices, ends long before. */
  static final Duration ORDER_LIMIT = Duration.ofMinutes(15);

  final Surroundings at;

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description = "the daemon's control socket (or TWINBEAT_SOCKET; else as in the file)")
  Path socket;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this")
  boolean help;

  ClientCommand(Surroundings at) {
    this.at = at;
  }

  /**
   * Takes arguments that are plain enough to need no parser: loading one costs more than the rest
   * of a status. False: they are not, and this command, half filled, is of no more use.
   */
  final boolean takes(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--socket") && i + 1 < arguments.size()) {
        i++;
        socket = Path.of(arguments.get(i));
      } else if (!takes(word)) {
        return false;
      }
    }
    return isComplete();
  }

  /** Takes a flag, or a word that stands alone. */
  abstract boolean takes(String word);

  /** Whether all that must be there is there. */
  boolean isComplete() {
    return true;
  }

  static boolean isPlain(String word) {
    return !word.isEmpty() && Character.isLetterOrDigit(word.charAt(0));
  }

  ControlClient client() {
    if (socket != null) {
      return new ControlClient(socket);
    }
    if (at.socket().equals(Surroundings.SOCKET) && !Files.exists(at.socket())) {
      // Only where there is nothing at the usual place is it worth reading the file.
      if (SiteReader.read(at.config()) instanceof Reading.Good good) {
        Optional<Pair> pair = Here.pair(good.site());
        if (pair.isPresent()) {
          return new ControlClient(pair.get().control().socket());
        }
      }
    }
    return new ControlClient(at.socket());
  }

  /** Gives the order, says what is done meanwhile and what came of it; the exit status. */
  int order(String verb, JsonObject arguments) throws NoDaemonException {
    Response.End end = client().ask(Request.of(verb, arguments), ORDER_LIMIT, line -> say(line));
    if (end instanceof Response.Done done) {
      say(done.result());
      return Exit.DONE;
    }
    return notDone(verb, end);
  }

  /** Asks, and hands what was answered to the one who shows it; the exit status. */
  int question(String verb, JsonObject arguments, Consumer<JsonObject> shown)
      throws NoDaemonException {
    Response.End end = client().ask(Request.of(verb, arguments), QUESTION_LIMIT);
    if (end instanceof Response.Done done) {
      shown.accept(done.result());
      return Exit.DONE;
    }
    return notDone(verb, end);
  }

  int notDone(String verb, Response.End end) {
    return switch (end) {
      case Response.Done _ -> Exit.DONE;
      case Response.Failed failed -> {
        at.err().println("twinbeat " + verb + ": failed: " + Json.oneLine(failed.why()));
        yield Exit.FAILED;
      }
      case Response.Refused refused -> {
        at.err().println("twinbeat " + verb + ": refused: " + Json.oneLine(refused.why()));
        yield Exit.REFUSED;
      }
    };
  }

  private void say(JsonObject line) {
    String sentence = Json.text(line, "sentence");
    if (!sentence.isEmpty()) {
      at.out().println(sentence);
      at.out().flush();
    }
  }
}
