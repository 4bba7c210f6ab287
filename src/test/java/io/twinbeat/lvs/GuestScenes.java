package io.twinbeat.lvs;

import static io.twinbeat.lvs.GuestNet.sh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is tried with a real IPVS, in one guest. Prints PASS or FAIL for each scene; those that
 * are named, or all of them.
 */
final class GuestScenes {
  private GuestScenes() {}

  public static void main(String... args) throws Exception {
    Map<String, GuestSite.Scene> scenes = new LinkedHashMap<>();
    long began = System.nanoTime();
    try (GuestSite site = new GuestSite()) {
      new GuestTables(site).addTo(scenes);
      new GuestTraffic(site).addTo(scenes);
      new GuestMarks(site).addTo(scenes);
      new GuestLimits(site).addTo(scenes);
      new GuestHealth(site).addTo(scenes);
      new GuestLooks(site).addTo(scenes);
      new GuestRoles(site).addTo(scenes);
      if (List.of(args).equals(List.of("--list"))) {
        scenes.keySet().forEach(System.out::println);
        return;
      }
      site.setUp();
      System.out.println("set up after " + (System.nanoTime() - began) / 1_000_000 + " ms");
      scenes.forEach((name, scene) -> {
        if (args.length == 0 || List.of(args).contains(name)) {
          play(name, scene);
        }
      });
    }
  }

  private static void play(String name, GuestSite.Scene scene) {
    long began = System.nanoTime();
    try {
      scene.play();
      System.out.println("PASS " + name + " " + (System.nanoTime() - began) / 1_000_000 + " ms");
    } catch (Exception | AssertionError e) {
      System.out.println("FAIL " + name + ": " + e);
      e.printStackTrace(System.out);
    } finally {
      for (String lb : List.of("lb1", "lb2")) {
        leaveNothing(lb);
        GuestSite.moveVip(lb, false);
      }
    }
  }

  /** Of a scene that failed, and of directors that nobody has stopped. */
  private static void leaveNothing(String lb) {
    String there = "ip netns exec " + lb + " ";
    sh(there + "ipvsadm -C");
    sh(there + "ipvsadm --stop-daemon master 2>/dev/null ||:");
    sh(there + "ipvsadm --stop-daemon backup 2>/dev/null ||:");
  }
}
