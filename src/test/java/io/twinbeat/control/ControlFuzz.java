package io.twinbeat.control;

import java.nio.charset.StandardCharsets;

/** Fuzz target: any line as a request to the daemon, and as the daemon's answer to a client. */
public final class ControlFuzz {
  private ControlFuzz() {}

  public static void fuzzerTestOneInput(byte[] bytes) {
    String line = new String(bytes, StandardCharsets.UTF_8);
    request(line);
    answer(line);
  }

  private static void request(String line) {
    try {
      Request request = Protocol.request(line, "root");
      Request again = Protocol.request(Protocol.write(request), "root");
      if (!again.equals(request)) {
        throw new AssertionError(request + " came back as " + again);
      }
      for (String name : request.arguments().keySet()) {
        request.text(name);
        request.number(name);
        request.flag(name);
      }
    } catch (Protocol.BadRequest e) {
      if (e.getMessage().isEmpty()) {
        throw new AssertionError("refused without a reason", e);
      }
    }
  }

  private static void answer(String line) {
    Protocol.Answer answer = Protocol.answer(line);
    if ((answer.line() == null) == (answer.end() == null)) {
      throw new AssertionError("neither a line nor an end: " + line);
    }
    String again =
        answer.end() == null ? Protocol.line(answer.line()) : Protocol.write(answer.end());
    if (!Protocol.answer(again).equals(answer)) {
      throw new AssertionError(answer + " came back as " + Protocol.answer(again));
    }
  }
}
