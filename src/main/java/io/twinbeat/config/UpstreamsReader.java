package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the upstreams of an nginx; a {@code tier} is written out as servers before. */
final class UpstreamsReader {
  private static final int UPSTREAMS_MAX = 256;
  private static final int SERVERS_MAX = 1024;
  private static final int HTTP = 80;
  private static final String UPSTREAM =
      "a map such as { tier: web, port: 8080 } or { servers: { web1: 10.10.30.11 }, port: 8080 }";
  private static final String SERVERS = "a map of names and addresses";
  private static final Kind<String> NAME =
      Values.word("a name of letters, digits, '-', '_' and '.', at most 64 long", "-_.", 64);

  private final Report report;

  UpstreamsReader(Report report) {
    this.report = report;
  }

  List<UpstreamConfig> read(Section nginx) {
    Optional<Item> item = nginx.take("upstreams");
    Optional<Section> map =
        item.isPresent()
            ? Section.of(report, item.get(), "a map of upstreams, by their names")
            : Optional.empty();
    List<UpstreamConfig> upstreams = new ArrayList<>();
    if (map.isEmpty()) {
      return upstreams;
    }
    List<String> names = map.get().keys();
    List<Item> items = map.get().all();
    if (items.size() > UPSTREAMS_MAX) {
      report.problem(item.get().place(), items.size() + " upstreams", "at most " + UPSTREAMS_MAX);
    }
    Map<Path, Place> files = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      if (!(NAME.parse(names.get(i)) instanceof Value<String>)) {
        report.problem(
            items.get(i).place(),
            "the upstream name " + Values.quoted(names.get(i)),
            NAME.expected());
        continue;
      }
      Optional<Section> upstream = Section.of(report, items.get(i), UPSTREAM);
      if (upstream.isPresent()) {
        UpstreamConfig read = upstream(names.get(i), upstream.get());
        upstreams.add(read);
        Place earlier = files.putIfAbsent(read.file(), items.get(i).place());
        if (earlier != null) {
          report.problem(
              items.get(i).place(),
              read.file() + " again, already " + earlier.path(),
              "a file of its own for each upstream");
        }
      }
    }
    return upstreams;
  }

  private UpstreamConfig upstream(String name, Section s) {
    Path file =
        s.or(
            "file",
            Values.absolutePath(),
            UpstreamConfig.FOLDER.resolve("twinbeat-" + name + ".conf"));
    int port = s.or("port", Values.integer(1, 65535), HTTP);
    List<UpstreamConfig.Server> servers = new ArrayList<>();
    Optional<Item> item = s.need("servers", SERVERS);
    Optional<Section> map =
        item.isPresent() ? Section.of(report, item.get(), SERVERS) : Optional.empty();
    if (map.isPresent()) {
      List<String> names = map.get().keys();
      List<Item> items = map.get().all();
      if (items.isEmpty() || items.size() > SERVERS_MAX) {
        report.problem(item.get().place(), items.size() + " servers", "from 1 to " + SERVERS_MAX);
      }
      for (int i = 0; i < items.size(); i++) {
        server(names.get(i), items.get(i), port).ifPresent(servers::add);
      }
    }
    s.done();
    return new UpstreamConfig(name, file, servers);
  }

  private Optional<UpstreamConfig.Server> server(String name, Item item, int port) {
    if (!(Names.RESOURCE.parse(name) instanceof Value<String>)) {
      report.problem(
          item.place(), "the server name " + Values.quoted(name), Names.RESOURCE.expected());
    }
    if (item.tree() instanceof Tree.Fields) {
      Section s = Section.of(report, item, "").orElseThrow();
      Optional<InetAddress> ip = s.required("ip", Values.address());
      int own = s.or("port", Values.integer(1, 65535), port);
      s.done();
      return ip.map(a -> report.placed(new UpstreamConfig.Server(name, a, own), s.placeOf("ip")));
    }
    return Section.word(report, item, Values.address())
        .map(a -> report.placed(new UpstreamConfig.Server(name, a, port), item.place()));
  }
}
