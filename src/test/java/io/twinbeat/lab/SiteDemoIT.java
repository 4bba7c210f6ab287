package io.twinbeat.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worked example of three tiers, on guests, end to end: as lab demo --machines plays it. */
@Timeout(900)
class SiteDemoIT {
  @RegisterExtension
  static final GuestLab GUESTS = new GuestLab(() -> Example.DR.up(LabOptions.fresh()));

  @Test
  void everySceneKeepsItsPromise() {
    play(GUESTS.lab(), Example.DR.scenes());
  }

  static void play(LabSite lab, List<Scene> scenes) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Verdict> verdicts = Demo.play(lab, scenes, out);
    out.print(Verdict.table(verdicts));
    assertEquals(
        scenes.stream().map(Scene::title).toList(),
        verdicts.stream().filter(Verdict::kept).map(Verdict::scene).toList(),
        () -> Verdict.table(verdicts));
  }
}
