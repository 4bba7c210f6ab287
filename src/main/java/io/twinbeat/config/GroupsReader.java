package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the groups: what moves as one, where it prefers to be, and when it goes back. */
final class GroupsReader {
  /** All of them are in each heartbeat, which is one datagram. */
  private static final int GROUPS_MAX = 8;

  private static final int RESOURCES_MAX = 2048;
  private static final String RESOURCES = "a list of resources, started in this order";

  private final Report report;
  private final AddressBook book;
  private final List<String> nodes;
  private final Map<String, Place> units = new HashMap<>();

  GroupsReader(Report report, AddressBook book, List<String> nodes) {
    this.report = report;
    this.book = book;
    this.nodes = nodes;
  }

  List<Group> read(Section top) {
    Optional<Item> item = top.need("groups", "a map of groups, by their names");
    Optional<Section> groups =
        item.isPresent() ? Section.of(report, item.get(), "a map of groups") : Optional.empty();
    if (groups.isEmpty()) {
      return List.of();
    }
    List<Group> read = new ArrayList<>();
    List<String> names = groups.get().keys();
    List<Item> items = groups.get().all();
    if (items.isEmpty()) {
      report.problem(item.get().place(), "no group", "at least one group");
    } else if (items.size() > GROUPS_MAX) {
      report.problem(item.get().place(), items.size() + " groups", "at most " + GROUPS_MAX);
    }
    for (int i = 0; i < items.size(); i++) {
      if (!(Names.NAME.parse(names.get(i)) instanceof Value<String>)) {
        report.problem(
            items.get(i).place(),
            "the group name " + Values.quoted(names.get(i)),
            Names.NAME.expected());
      }
      Optional<Section> group =
          Section.of(report, items.get(i), "a map with resources, and what else the group needs");
      if (group.isPresent()) {
        read.add(group(names.get(i), group.get()));
      }
    }
    return read;
  }

  private Group group(String name, Section s) {
    String prefer = prefer(s);
    FailbackConfig failback = failback(s);
    Duration cooldown =
        s.or("cooldown", Values.duration(Duration.ZERO, PairReader.DAY), Group.COOLDOWN);
    RestartPolicy restart = restart(s);
    Optional<ProbeConfig> probe = new ProbeReader(report).read(s);
    List<ResourceConfig> resources = resources(s);
    s.done();
    return new Group(name, prefer, failback, cooldown, restart, resources, probe);
  }

  private String prefer(Section s) {
    if (nodes.isEmpty()) {
      s.take("prefer");
      return "";
    }
    return s.or("prefer", Values.oneOf(nodes), nodes.get(0));
  }

  private FailbackConfig failback(Section s) {
    Optional<Item> item = s.take("failback");
    if (item.isEmpty()) {
      return new FailbackConfig.Manual();
    }
    if (item.get().tree() instanceof Tree.Fields) {
      Section map = Section.of(report, item.get(), "").orElseThrow();
      Optional<Duration> after =
          map.required(
              "after", Values.duration(PairReader.SECOND, PairReader.DAY.multipliedBy(30)));
      map.done();
      return new FailbackConfig.After(after.orElse(Duration.ZERO));
    }
    List<String> words = List.of("manual", "immediate");
    Values.Kind<String> kind =
        new Values.Kind<>(
            "manual, immediate or { after: 5m }",
            text ->
                words.contains(text)
                    ? new Value<>(text)
                    : new Values.Wrong<>(
                        Optional.empty(),
                        "manual, immediate or { after: 5m }",
                        Nearest.of(text, words)));
    Optional<String> word = Section.word(report, item.get(), kind);
    return word.isPresent() && word.get().equals("immediate")
        ? new FailbackConfig.Immediate()
        : new FailbackConfig.Manual();
  }

  private RestartPolicy restart(Section s) {
    Optional<Item> item = s.take("restart");
    Optional<Section> map =
        item.isPresent()
            ? Section.of(report, item.get(), "a map such as { times: 3, within: 5m }")
            : Optional.empty();
    if (map.isEmpty()) {
      return RestartPolicy.DEFAULT;
    }
    int times = map.get().or("times", Values.integer(0, 100), RestartPolicy.DEFAULT.times());
    Duration within =
        map.get()
            .or(
                "within",
                Values.duration(PairReader.SECOND, PairReader.DAY),
                RestartPolicy.DEFAULT.within());
    map.get().done();
    return new RestartPolicy(times, within);
  }

  private List<ResourceConfig> resources(Section s) {
    Optional<Item> item = s.need("resources", RESOURCES);
    if (item.isEmpty()) {
      return List.of();
    }
    List<ResourceConfig> resources = new ArrayList<>();
    Map<String, Place> names = new HashMap<>();
    int before = report.count();
    List<Item> items = Section.items(report, item.get(), RESOURCES);
    if (items.size() > RESOURCES_MAX) {
      report.problem(item.get().place(), items.size() + " resources", "at most " + RESOURCES_MAX);
    }
    boolean address = false;
    for (Item each : items) {
      address |= ResourceReader.isAddress(each.tree());
      Optional<ResourceConfig> resource = new ResourceReader(report, book).read(each);
      if (resource.isPresent()) {
        resources.add(resource.get());
        unique(resource.get(), each.place(), names);
        afterItsAddress(resource.get(), resources, each.place());
      }
    }
    boolean list = item.get().tree() instanceof Tree.Items;
    if (!address && (list || report.count() == before)) {
      report.problem(
          item.get().place(),
          "no address",
          "an address among the resources, such as '- address: { ip: 10.10.10.100/24, dev: eth0 }':"
              + " it is what clients use and what the standby looks at");
    }
    return resources;
  }

  /**
   * What is started later is not there yet when the first client comes, and is gone for the last.
   */
  private void afterItsAddress(ResourceConfig resource, List<ResourceConfig> before, Place place) {
    if (!(resource instanceof LvsConfig lvs)) {
      return;
    }
    for (VirtualServiceConfig service : lvs.services()) {
      boolean late =
          service.target() instanceof VirtualServiceConfig.Target.Address at
              && before.stream()
                  .anyMatch(each ->
                      each instanceof AddressConfig address && address.ip().equals(at.ip()));
      if (late) {
        report.warning(
            place,
            "the service " + service.target() + " after its address",
            "lvs before the address: else clients are refused while it starts and stops");
        return;
      }
    }
  }

  private void unique(ResourceConfig resource, Place place, Map<String, Place> names) {
    Place earlier = names.putIfAbsent(resource.name(), place);
    if (earlier != null) {
      report.problem(
          place,
          "a second resource named "
              + Values.quoted(resource.name())
              + ", the first is in line "
              + earlier.line(),
          "a 'name' of its own for each resource of a group");
      return;
    }
    if (resource instanceof SystemdConfig systemd) {
      Place other = units.putIfAbsent(systemd.unit(), place);
      if (other != null) {
        report.problem(
            place,
            Values.quoted(systemd.unit()) + " again, already " + other.path(),
            "each unit in one group: groups are started and stopped on their own");
      }
    }
  }
}
