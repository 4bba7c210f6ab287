package io.twinbeat.daemon;

import io.twinbeat.config.HookConfig;
import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator's programs what happened, in order, one at a time, never in the way: {@code
 * PROGRAM ARGS... alarm|over|takeover|release KEY SENTENCE}, the same in TWINBEAT_* variables.
 */
final class Notifier implements AutoCloseable {
  private static final int WAITING_MAX = 256;
  private static final Logger log = LoggerFactory.getLogger(Notifier.class);

  private record News(String kind, String key, String sentence, String mend) {}

  private final String node;
  private final List<HookConfig> hooks;
  private final BlockingQueue<News> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;

  Notifier(String node, List<HookConfig> hooks) {
    this.node = node;
    this.hooks = List.copyOf(hooks);
    this.thread = Thread.ofVirtual().name("notify").start(this::run);
  }

  void alarm(String key, String sentence, String mend) {
    tell(new News("alarm", key, sentence, mend));
  }

  void over(String key) {
    tell(new News("over", key, "", ""));
  }

  void moved(String kind, String group, String why) {
    tell(new News(kind, group, why, ""));
  }

  private void tell(News news) {
    if (!hooks.isEmpty() && !waiting.offer(news)) {
      log.warn("the notify programs are too slow: '{}' is not told", news.sentence());
    }
  }

  private void run() {
    try {
      while (true) {
        News news = waiting.take();
        for (HookConfig hook : hooks) {
          call(hook, news);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void call(HookConfig hook, News news) {
    List<String> argv = new ArrayList<>();
    argv.add(hook.path().toString());
    argv.addAll(hook.args());
    argv.addAll(List.of(news.kind(), news.key(), news.sentence()));
    Map<String, String> environment = new TreeMap<>();
    environment.put("TWINBEAT_NODE", node);
    environment.put("TWINBEAT_KIND", news.kind());
    environment.put("TWINBEAT_KEY", news.key());
    environment.put("TWINBEAT_SENTENCE", news.sentence());
    environment.put("TWINBEAT_MEND", news.mend());
    Outcome outcome =
        Commands.run(
            new Command(argv, environment, Optional.empty(), Optional.empty(), hook.limit()));
    if (!outcome.succeeded()) {
      log.warn("notify program {}: {}", hook.path(), outcome.summary());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
