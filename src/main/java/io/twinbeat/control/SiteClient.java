package io.twinbeat.control;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a node of the site how its pair stands, at all of its addresses at once. */
public final class SiteClient {
  private static final String SILENT = "no answer from here";

  private SiteClient() {}

  /** Its report, or in a few words why there is none; exactly one of the two is not null. */
  public record Answer(JsonObject report, String why) {
    static Answer none(String why) {
      return new Answer(null, why);
    }
  }

  /** Blocks for the limit at most. */
  public static Answer ask(List<InetAddress> addresses, int port, Duration limit)
      throws InterruptedException {
    Queue<String> reasons = new ConcurrentLinkedQueue<>();
    List<Callable<Answer>> each =
        addresses.stream()
            .<Callable<Answer>>map(ip ->
                () -> {
                  try {
                    return ask(new InetSocketAddress(ip, port), limit);
                  } catch (IOException e) {
                    reasons.add(reason(e));
                    throw e;
                  }
                })
            .toList();
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      return asking.invokeAny(each, limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // One address that says something tells more than another that is silent.
      return Answer.none(
          reasons.stream().filter(reason -> !reason.equals(SILENT)).findFirst().orElse(SILENT));
    }
  }

  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof ConnectException && message.contains("refused")) {
      return "refused: no daemon answers there";
    } else if (message.contains("reset")) {
      return "turned away: this machine is none of the site's in its file, or too many ask";
    }
    return e instanceof Nonsense ? message : SILENT;
  }

  private static final class Nonsense extends IOException {
    private static final long serialVersionUID = 1;

    Nonsense(String message) {
      super(message);
    }
  }

  private static Answer ask(InetSocketAddress at, Duration limit) throws IOException {
    try (SocketChannel channel = SocketChannel.open();
        TimeLimit _ = TimeLimit.on(channel, limit)) {
      channel.connect(at);
      Optional<String> line = new LineChannel(channel, SiteServer.LINE_BYTES_MAX).read();
      if (line.isEmpty()) {
        throw new Nonsense("another program than a daemon answers there");
      }
      return switch (Protocol.answer(line.get()).end()) {
        case Response.Done done -> new Answer(done.result(), null);
        case Response.Failed failed -> throw new Nonsense(failed.why());
        case Response.Refused refused -> throw new Nonsense(refused.why());
        case null -> throw new Nonsense("another program than a daemon answers there");
      };
    } catch (LineChannel.TooLong e) {
      throw new Nonsense("another program than a daemon answers there");
    }
  }
}
