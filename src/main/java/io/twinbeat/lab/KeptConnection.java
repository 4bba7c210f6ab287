package io.twinbeat.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One connection of a client that stays open, and waits however long TCP carries on. Close it to
 * end it; it ends with this process too.
 */
final class KeptConnection implements AutoCloseable {
  /** TCP's retransmissions after a long outage are some seconds apart. */
  private static final int ANSWER_SECONDS_MAX = 40;

  /** Asks for {@code /} five times a second. */
  private static final String ASKING =
      """
      exec 3<>"/dev/tcp/$1/80" || exit
      while read -r -t 0.2 -N 1; (($? > 128)); do
        printf 'GET / HTTP/1.1\\r\\nHost: lab\\r\\n\\r\\n' >&3
        length=
        while read -r -t $2 -u 3 line || { echo lost; exit; }; line=${line%$'\\r'}; [[ $line ]]; do
          [[ $line == Content-Length:* ]] && length=${line#*: }
        done
        read -r -t $2 -u 3 -N "$length" body || { echo lost; exit; }
        echo "answer $body"
      done
      """;

  /** Asks once, and listens to what comes in a line's time: a client that has nothing to say. */
  private static final String LISTENING =
      """
      curl -sN --max-time 300 --speed-limit 1 --speed-time $2 "http://$1%s" |
        while read -r line; do echo "answer $line"; done
      echo lost
      """
          .formatted(SiteFiles.LARGE);

  private final Process process;
  private long answers;
  private boolean lost;

  private KeptConnection(Process process) {
    this.process = process;
    Thread.ofVirtual().name("kept-connection").start(this::read);
  }

  static KeptConnection asking(LabSite lab) {
    return open(lab, ASKING);
  }

  static KeptConnection listening(LabSite lab) {
    return open(lab, LISTENING);
  }

  private static KeptConnection open(LabSite lab, String script) {
    List<String> argv =
        List.of("bash", "-c", script, "kept", lab.floatingAddress(), "" + ANSWER_SECONDS_MAX);
    try {
      return new KeptConnection(
          new ProcessBuilder(lab.entering("client", argv, false))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new LabException("can't start a client: " + e.getMessage(), e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line);
      }
    } catch (IOException e) {
      process.destroyForcibly();
    }
    note("end");
  }

  private synchronized void note(String line) {
    if (line.startsWith("answer ")) {
      answers++;
    } else if (!line.isEmpty()) { // an answer's own line end
      lost = true;
    }
  }

  synchronized long answers() {
    return answers;
  }

  /** The connection broke, or an answer did not come. */
  synchronized boolean lost() {
    return lost;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
