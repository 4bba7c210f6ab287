package io.twinbeat.daemon;

import com.google.gson.JsonObject;
import io.twinbeat.control.SiteServer;
import io.twinbeat.control.StatusReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Of the report that {@code status} shows, what the other machines of the site may see: who holds
 * what, who is heard and ready, what the director's checks say, alarms and maintenance. No file, no
 * device, no detail that a program wrote. Its keys are those of the whole report.
 */
final class SiteView {
  private static final int ALARMS_MAX = 16;
  private static final int WORDS_MAX = 160;

  /** Paths and URLs: they say more of a machine than its neighbours need to know. */
  private static final Pattern PATH = Pattern.compile("(\\w+://|(?<![\\w.:/-])/)[^\\s,;()'\"]*");

  private static final String LEFT_OUT = "(...)";

  /** What an answer may have beside its head (the protocol's own words around it). */
  private static final int BYTES_MAX = SiteServer.LINE_BYTES_MAX - 1024;

  private SiteView() {}

  /** Always fit for one line of the protocol; the real servers are what is left out first. */
  static JsonObject of(StatusReport full) {
    JsonObject all = of(full, true).toJson();
    return bytes(all) <= BYTES_MAX ? all : of(full, false).toJson();
  }

  private static int bytes(JsonObject json) {
    return json.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private static StatusReport of(StatusReport full, boolean servers) {
    Map<String, StatusReport.Readiness> readiness = new LinkedHashMap<>();
    full.readiness().forEach((node, each) -> readiness.put(node, of(each)));
    return new StatusReport(
        full.pair(),
        full.node(),
        full.peerName(),
        full.version(),
        null,
        full.since(),
        null,
        new StatusReport.Peer(
            full.peer().state(), full.peer().since(), null, full.peer().lastHeardAgeMs(), null),
        full.groups().stream().map(group -> of(group, servers)).toList(),
        readiness,
        null,
        null,
        null,
        null,
        alarms(full.alarms()),
        full.maintenance(),
        null);
  }

  private static StatusReport.Group of(StatusReport.Group group, boolean servers) {
    return new StatusReport.Group(
        group.name(),
        group.prefer(),
        group.holder(),
        group.here(),
        group.peer(),
        group.term(),
        group.since(),
        null,
        group.resources().stream().map(resource -> of(resource, servers)).toList(),
        null);
  }

  private static StatusReport.Resource of(StatusReport.Resource resource, boolean servers) {
    List<StatusReport.VirtualService> services =
        resource.services() == null
            ? null
            : resource.services().stream().map(service -> of(service, servers)).toList();
    return new StatusReport.Resource(
        resource.name(), resource.type(), resource.health(), null, null, services);
  }

  private static StatusReport.VirtualService of(
      StatusReport.VirtualService service, boolean servers) {
    return new StatusReport.VirtualService(
        service.service(),
        service.scheduler(),
        service.state(),
        service.liveWeight(),
        service.quorum(),
        servers ? service.servers().stream().map(SiteView::of).toList() : null);
  }

  private static StatusReport.RealServer of(StatusReport.RealServer server) {
    return new StatusReport.RealServer(
        server.name(),
        server.address(),
        server.state(),
        server.weight(),
        server.active(),
        server.inactive(),
        null);
  }

  /** The names of what is not good are enough. */
  private static StatusReport.Readiness of(StatusReport.Readiness readiness) {
    List<StatusReport.Item> items =
        readiness.items().stream()
            .filter(item -> !item.state().equals("ok"))
            .map(item ->
                new StatusReport.Item(words(item.name()), item.state(), null, null, null, null))
            .toList();
    return new StatusReport.Readiness(readiness.ready(), readiness.able(), items);
  }

  private static List<StatusReport.Alarm> alarms(List<StatusReport.Alarm> all) {
    List<StatusReport.Alarm> shown = new ArrayList<>();
    for (StatusReport.Alarm alarm : all.subList(0, Math.min(all.size(), ALARMS_MAX))) {
      shown.add(new StatusReport.Alarm(alarm.since(), words(alarm.sentence()), null));
    }
    if (all.size() > ALARMS_MAX) {
      String more = "and " + (all.size() - ALARMS_MAX) + " more";
      shown.add(new StatusReport.Alarm(all.getLast().since(), more, null));
    }
    return shown;
  }

  /**
   * What was found stands in front of the second colon; behind it is what a device or program said.
   */
  static String words(String sentence) {
    int first = sentence.indexOf(": ");
    int second = first < 0 ? -1 : sentence.indexOf(": ", first + 1);
    String own = second < 0 ? sentence : sentence.substring(0, second);
    String plain = PATH.matcher(own).replaceAll(LEFT_OUT);
    return plain.length() > WORDS_MAX ? plain.substring(0, WORDS_MAX) + "..." : plain;
  }
}
