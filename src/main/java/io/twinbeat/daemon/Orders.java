package io.twinbeat.daemon;

import io.twinbeat.control.Response;
import io.twinbeat.decision.Effect;
import io.twinbeat.decision.Effect.Verdict;
import io.twinbeat.decision.Event;
import io.twinbeat.decision.Event.Order;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Gives the operator's orders to the core and waits for how they end. Any thread. */
final class Orders implements AutoCloseable {
  /** Longer than the core's own limits: the core always answers first. */
  static final Duration ANSWER_LIMIT = Duration.ofMinutes(6);

  private static final String OVER = "the daemon goes on with another file: ask again";

  private final Consumer<Event> events;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<Effect.Answer>> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Orders(Consumer<Event> events) {
    this.events = events;
  }

  Response.End order(Order order) throws InterruptedException {
    if (closed) {
      return new Response.Failed(OVER);
    }
    long id = lastId.incrementAndGet();
    CompletableFuture<Effect.Answer> answer = new CompletableFuture<>();
    open.put(id, answer);
    try {
      events.accept(new Event.Commanded(id, order));
      return response(answer.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Response.Failed("no result within " + ANSWER_LIMIT.toMinutes() + " minutes");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      open.remove(id);
    }
  }

  void answered(Effect.Answer answer) {
    CompletableFuture<Effect.Answer> waiting = open.get(answer.id());
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  /** Orders that this life cannot end any more: whoever waits is told. */
  @Override
  public void close() {
    closed = true;
    open.forEach((id, waiting) -> waiting.complete(new Effect.Answer(id, Verdict.FAILED, OVER)));
  }

  private static Response.End response(Effect.Answer answer) {
    Verdict verdict = answer.verdict();
    return switch (verdict) {
      case DONE -> Response.Done.with(answer.sentence());
      case FAILED -> new Response.Failed(answer.sentence());
      case REFUSED -> new Response.Refused(answer.sentence());
    };
  }
}
