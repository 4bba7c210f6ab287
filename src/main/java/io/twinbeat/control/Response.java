package io.twinbeat.control;

import com.google.gson.JsonObject;
import java.io.IOException;

/** The answer to a request: at once, or after lines that come as they happen. */
public sealed interface Response {

  /** How a request ended; the command's exit status follows from it. */
  sealed interface End extends Response {}

  /** It was done. Exit status 0. */
  record Done(JsonObject result) implements End {
    /** Done, and this is what came of it. */
    public static Done with(String sentence) {
      JsonObject result = new JsonObject();
      result.addProperty("sentence", sentence);
      return new Done(result);
    }
  }

  /** It was tried and did not succeed. Exit status 1. */
  record Failed(String why) implements End {}

  /** It was not tried, because it must not be. Exit status 3. */
  record Refused(String why) implements End {}

  /** Lines first. */
  record Lines(Stream stream) implements Response {}

  /**
   * Writes the lines and gives the end; interrupted when the client hangs up or the server ends.
   */
  @FunctionalInterface
  interface Stream {
    End run(Sink sink) throws InterruptedException, IOException;
  }

  /** Takes the lines of a stream; throws when the client is gone. */
  @FunctionalInterface
  interface Sink {
    void line(JsonObject line) throws IOException;

    /** A line that says what is being done now. */
    default void sentence(String sentence) throws IOException {
      JsonObject line = new JsonObject();
      line.addProperty("sentence", sentence);
      line(line);
    }
  }
}
