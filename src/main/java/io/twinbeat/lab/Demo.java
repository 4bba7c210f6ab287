package io.twinbeat.lab;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Real failovers, scene by scene, told live and judged from outside: by the kernels' addresses, the
 * power switch and a client. Exit status 0 only if each scene kept its promise.
 */
final class Demo {
  private Demo() {}

  /** One pair, in namespaces. */
  static int pair(LabOptions options, PrintStream out) {
    out.println(
        """
        Twinbeat, a pair of nodes on this machine: lb1 and lb2 in namespaces of their own, with
        real nginx, real ARP, two heartbeat links, and a BMC each (fence: %s).
        A client opens a connection to the floating address each millisecond.
        """
            .formatted(
                options.fence() == LabOptions.Fence.IPMI
                    ? "fence_ipmilan and ipmi_sim"
                    : "the lab's hook"));
    out.flush();
    Optional<List<Verdict>> verdicts =
        Rehearsal.in(() -> LabSite.up(options), out, lab -> play(lab, PairScenes.all(), out));
    if (verdicts.isEmpty()) {
      return 1;
    }
    out.println();
    out.print(Verdict.table(verdicts.get()));
    return verdicts.get().stream().allMatch(Verdict::kept) ? 0 : 1;
  }

  /** The worked examples of sites of tiers, on guests, one after the other. */
  static int sites(List<Example> examples, LabOptions options, PrintStream out) {
    out.print(
        """
        Twinbeat, sites of three tiers on this machine: a client, a pair of LVS directors, a pair of
        nginx proxies, web servers; each a guest with a kernel and a systemd of its own, each pair
        fenced by fence_ipmilan. A client opens a connection to the directors' address each 20 ms,
        and keeps two others open while the directors change: one that asks, one that only listens.
        """);
    Map<Example, List<Verdict>> told = new LinkedHashMap<>();
    for (Example example : examples) {
      out.printf("%n=== LVS/%s: %s, with %s%n", example, example.file(), Example.DEADTIME);
      out.flush();
      Optional<List<Verdict>> verdicts =
          Rehearsal.in(() -> example.up(options), out, lab -> play(lab, example.scenes(), out));
      if (verdicts.isEmpty()) {
        return 1;
      }
      told.put(example, verdicts.get());
    }
    told.forEach(
        (example, verdicts) -> out.printf("%nLVS/%s%n%s", example, Verdict.table(verdicts)));
    return told.values().stream().flatMap(List::stream).allMatch(Verdict::kept) ? 0 : 1;
  }

  static List<Verdict> play(LabSite lab, List<Scene> scenes, PrintStream out) {
    List<Verdict> verdicts = new ArrayList<>();
    try (Live live = new Live(lab, out)) {
      Stage stage = new Stage(lab, live);
      stage.calm();
      live.flush();
      for (Scene scene : scenes) {
        out.printf("%n--- %s%n", scene.title());
        out.flush();
        Verdict verdict = stage.play(scene);
        verdicts.add(verdict);
        live.flush();
        out.println(verdict.kept() ? "--- promise kept" : "--- PROMISE NOT KEPT");
        if (stage.isLost()) {
          break; // the next scene would only tell the same again
        }
      }
      out.println();
      out.println("client: " + live.probe().summary());
    }
    return verdicts;
  }
}
