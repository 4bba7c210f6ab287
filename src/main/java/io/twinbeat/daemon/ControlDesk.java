package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.control.ControlServer;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.decision.Event.Order;
import io.twinbeat.fencing.DeviceProof;
import io.twinbeat.fencing.FenceAnswer;
import io.twinbeat.journal.Journal;
import io.twinbeat.journal.Journal.Entry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Does what comes over the control socket. Any thread. */
final class ControlDesk implements ControlServer.Handler {
  private static final int EVENTS_MAX = 1000;

  /** In what time a daemon that restarts means to be back. */
  static final Duration BACK_WITHIN = Duration.ofSeconds(30);

  private static final Duration FOLLOW_STEP = Duration.ofSeconds(5);

  private final Reload reload;
  private volatile Parts parts;

  ControlDesk(Reload reload) {
    this.reload = reload;
  }

  /** Before this every request is answered with "starting". */
  void open(Parts running) {
    running
        .questions()
        .answer(
            PeerJournal.QUESTION,
            question ->
                PeerJournal.answer(
                    running.chronicle().journal(), running.chronicle().stamp(), question));
    parts = running;
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    if (parts == null) {
      return new Response.Failed("the daemon is starting");
    }
    if (!request.user().isEmpty() && changes(request)) {
      parts
          .chronicle()
          .tell(
              "event",
              "ORDER",
              request.user() + " orders: " + request.verb() + " " + request.arguments(),
              Map.of());
    }
    try {
      return switch (request.verb()) {
        case "status" -> new Response.Done(new StatusView(parts).report().toJson());
        case "takeover" -> each(request, Order.Takeover::new);
        case "standby" -> each(request, Order.Standby::new);
        case "failback" -> each(request, Order.Failback::new);
        case "fence" -> fence(request);
        case "check" -> check();
        case "events" -> events(request);
        case "explain" -> explain(request);
        case "maintenance" -> maintenance(request);
        case "drain" -> drains().order(request, true);
        case "undrain" -> drains().order(request, false);
        case "stop" -> stop(request);
        case "reload" -> reload.order(request.flag("thisNodeOnly"));
        default -> new Response.Failed("this daemon has no verb '" + request.verb() + "'");
      };
    } catch (IOException e) {
      return new Response.Failed("the journal cannot be read: " + e.getMessage());
    }
  }

  private DrainDesk drains() {
    return new DrainDesk(
        parts.drains(), parts.drainExchange(), parts.drainCount(), parts.peer().name());
  }

  private static boolean changes(Request request) {
    return switch (request.verb()) {
      case "takeover", "standby", "failback", "fence", "drain", "undrain", "stop", "reload" -> true;
      case "maintenance" -> request.text("action").isPresent();
      default -> false;
    };
  }

  private Response.End each(Request request, Function<String, Order> order)
      throws InterruptedException {
    Optional<String> group = request.text("group");
    if (group.isPresent()) {
      return parts.orders().order(order.apply(group.get()));
    }
    List<String> done = new ArrayList<>();
    for (GroupRunner runner : parts.groups()) {
      switch (parts.orders().order(order.apply(runner.group().name()))) {
        case Response.Done d -> done.add(d.result().get("sentence").getAsString());
        case Response.Failed f -> {
          return new Response.Failed(joined(done, f.why()));
        }
        case Response.Refused r -> {
          return new Response.Refused(joined(done, r.why()));
        }
      }
    }
    return Response.Done.with(String.join("; ", done));
  }

  private static String joined(List<String> done, String last) {
    return done.isEmpty() ? last : String.join("; ", done) + "; but: " + last;
  }

  private Response.End fence(Request request) throws InterruptedException {
    String node = request.text("node").orElse("");
    if (parts.pair().node(node).isEmpty()) {
      return new Response.Refused(
          "there is no node '"
              + node
              + "'; the nodes are "
              + parts.self().name()
              + " and "
              + parts.peer().name());
    }
    return switch (request.text("action").orElse("")) {
      case "test" -> test(node);
      case "off" -> parts.orders().order(new Order.FenceOff(node));
      case "on" -> on(node);
      case "confirm" -> parts.orders().order(new Order.ConfirmOff(node));
      default -> new Response.Failed("fence knows test, off, on and confirm");
    };
  }

  private Response.End test(String node) {
    List<DeviceProof> proofs = parts.fencing().test(node);
    if (proofs.isEmpty()) {
      return new Response.Failed(node + " has no fence device");
    }
    List<String> lines = new ArrayList<>();
    boolean all = true;
    for (DeviceProof proof : proofs) {
      all &= proof.succeeded();
      lines.add(
          proof.device() + (proof.succeeded() ? " works: " : " does not work: ") + proof.detail());
    }
    String text = String.join("; ", lines);
    return all ? Response.Done.with(text) : new Response.Failed(text);
  }

  private Response.End on(String node) {
    FenceAnswer answer = parts.fencing().on(node);
    return answer.succeeded()
        ? Response.Done.with(node + " is switched on: " + answer.detail())
        : new Response.Failed(node + " could not be switched on: " + answer.detail());
  }

  private Response.End check() throws InterruptedException {
    parts.fencing().test(parts.peer().name());
    for (GroupRunner runner : parts.groups()) {
      runner.group().resources().forEach(io.twinbeat.resource.Resource::inspect);
    }
    parts.items().kept().forEach(KeptItem::look);
    parts.readiness().look();
    JsonObject report = new StatusView(parts).report().toJson();
    report.add("peerFile", reload.peerFile(parts));
    return new Response.Done(report);
  }

  private Response events(Request request) throws IOException {
    Journal journal = parts.chronicle().journal();
    long last = request.number("last").orElse((long) EVENTS_MAX);
    List<Entry> entries =
        request.number("from").isPresent()
            ? journal.read(request.number("from").get(), EVENTS_MAX)
            : journal.last((int) Math.max(1, Math.min(last, EVENTS_MAX)));
    Instant since = Instant.MIN;
    if (request.text("since").isPresent()) {
      try {
        since = Instant.parse(request.text("since").get());
      } catch (DateTimeParseException e) {
        return new Response.Failed("not an instant: " + request.text("since").get());
      }
    }
    Instant from = since;
    boolean follow = request.flag("follow");
    return new Response.Lines(sink -> {
      long next = journal.lastNumber() + 1;
      for (Entry entry : entries) {
        next = Math.max(next, entry.number() + 1);
        if (!entry.at().isBefore(from)) {
          sink.line(entry.toJson());
        }
      }
      while (follow) {
        if (journal.awaitAfter(next - 1, FOLLOW_STEP)) {
          for (Entry entry : journal.read(next, EVENTS_MAX)) {
            next = Math.max(next, entry.number() + 1);
            sink.line(entry.toJson());
          }
        }
      }
      return new Response.Done(new JsonObject());
    });
  }

  private Response.End explain(Request request) throws IOException, InterruptedException {
    Explanations explanations = new Explanations(parts);
    Optional<String> faults = request.text("whatIf");
    if (faults.isPresent()) {
      try {
        return new Response.Done(explanations.whatIf(faults.get()));
      } catch (IllegalArgumentException e) {
        return new Response.Failed(e.getMessage());
      }
    }
    Optional<Long> number = request.number("event");
    if (number.isEmpty()) {
      return new Response.Done(explanations.standing());
    }
    Optional<JsonObject> found = explanations.of(number.get());
    return found.isPresent()
        ? new Response.Done(found.get())
        : new Response.Failed("the journal has no event " + number.get());
  }

  /** Without an action it is a question, and answered as {@code status} is. */
  private Response.End maintenance(Request request) throws InterruptedException {
    return switch (request.text("action").orElse("")) {
      case "" -> new Response.Done(new StatusView(parts).report().toJson());
      case "on" -> {
        String trouble = parts.chronicle().trouble();
        yield trouble.isEmpty()
            ? parts
                .orders()
                .order(
                    new Order.MaintenanceOn(
                        Duration.ofMillis(request.number("forMs").orElse(0L)),
                        request.text("reason").orElse("")))
            : new Response.Refused("it could not be kept over a restart: " + trouble);
      }
      case "off" -> parts.orders().order(new Order.MaintenanceOff());
      default -> new Response.Failed("maintenance knows on and off");
    };
  }

  private Response.End stop(Request request) throws InterruptedException {
    if (!request.flag("keepServices")) {
      return parts.orders().order(new Order.Leave());
    }
    String needsDaemon = parts.watchdog().map(WatchdogFeeder::needsDaemon).orElse("");
    if (!needsDaemon.isEmpty() && !request.flag("restarts")) {
      return new Response.Refused(
          needsDaemon + "; use systemctl restart, or stop without --keep-services");
    }
    return parts.orders().order(new Order.Restart(BACK_WITHIN));
  }
}
