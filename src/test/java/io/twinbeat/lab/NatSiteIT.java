package io.twinbeat.lab;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The worked example of a site by NAT, on guests: the scenes that differ from those of DR. */
@Timeout(600)
class NatSiteIT {
  @RegisterExtension
  static final GuestLab GUESTS = new GuestLab(() -> Example.NAT.up(LabOptions.fresh()));

  @Test
  void everySceneKeepsItsPromise() {
    SiteDemoIT.play(
        GUESTS.lab(),
        List.of(
            SiteScenes.DIRECTOR_DIES,
            SiteScenes.DIRECTOR_RETURNS,
            SiteScenes.DIRECTOR_CUT,
            SiteScenes.DIRECTOR_CUT_INSIDE));
  }
}
